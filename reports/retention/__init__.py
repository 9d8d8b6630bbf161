"""What in a home must be kept and what may be removed.

Belongs here: until when packages and the snapshots that they need are kept; the removal of the rest. Does not: the lake, the profile and
the logs, which are never removed.
"""
