"""Bitemporal comparison: what a filing said, what is known now, why the two differ, and whether a filing can be made again.

Belongs here: comparing figures as filed with figures as known at another time. Does not: computing any figure, or writing a package.
"""
