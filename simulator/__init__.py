"""The platform simulator: a made-up lending marketplace with every table of the source contract.

Belongs here: how the made-up platform behaves, and how its folder is written. Does not: what Glassbook makes of such a folder.
"""

from simulator.run import Simulation, simulate

OWN_HOSTS = ("mingzhang-sim.example",)
"""Hosts of the made-up platform's own site, as its sessions name them."""

__all__ = ["OWN_HOSTS", "Simulation", "simulate"]
