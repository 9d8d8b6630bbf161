"""Measures builds, memory and answers on a simulated platform, as ratios within one run: `make bench`.

Belongs here: steps as processes of their own, the hand-written floor, and the table. Does not: any limit that a test would hold.
"""
