"""The two times in practice: what a filing said, what is known now, why the two differ, and whether a filing can be made again.

Belongs here: comparing figures as filed with figures as known otherwise. Does not: computing any figure, or writing a package.
"""
