"""The platform profile: who runs the platform, in versioned YAML whose entries say when they held and when they were disclosed.

Belongs here: its shape, reading and checking it, what held on a day, and what changed. Does not: which form shows it, and when a
change must be disclosed; a regime says that.
"""

from glassbook.profile.history import Change, ProfileEntry, changes, entries_as_of
from glassbook.profile.reading import load_profile, profile_digest
from glassbook.profile.records import Profile

__all__ = ["Change", "Profile", "ProfileEntry", "changes", "entries_as_of", "load_profile", "profile_digest"]
