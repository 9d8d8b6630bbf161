"""The regime under which the simulated platform is: a Chinese one, as all of the simulator's data is. Code that shows such a platform asks
here.

Belongs here: its name and the figures worth showing first. Does not: what the regime asks for (`reports/regimes`).
"""

from __future__ import annotations

REGIME = "cn"
LOANS, OVERDUE = "CN-A02", "CN-A14"
"""Figures: loans to date, the overdue amount."""
KEY_FIGURES = ("CN-A01", "CN-A03", "CN-A04", "CN-A08", OVERDUE, "CN-B02", "CN-A17")
