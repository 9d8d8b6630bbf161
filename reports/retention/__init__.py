"""What of a home has to be kept and what may go.

Belongs here: which packages, and the snapshots they need, are kept until when; the removal of the rest. Does not: the lake, the profile and
the logs, which are never removed.
"""
