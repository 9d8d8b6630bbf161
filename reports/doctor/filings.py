"""What `doctor` checks in filings and keys: the log and its clock, packages, the register. It changes nothing.

Belongs here: checks of what was filed. Does not: the other checks (`examining`, `lake`), the verification itself (`verifying`, `audit`).
"""

from __future__ import annotations

from itertools import pairwise

from glassbook.settings import Settings
from reports.doctor.lake import Seen
from reports.filing.life.log import examine_log, log_path, submitted_without_log
from reports.signing.register import read_register, register_path


def look_at_filings(settings: Settings, *, is_deep: bool) -> Seen:
    """Whether the log of filings is as it was written, its clock only went forward and, on request, every package is as sealed."""
    entries, problem = examine_log(settings)
    fix = "Restore filings/ from the backup; nothing is filed until then."
    if problem is not None:
        return Seen("broken", f"{log_path(settings)}: {problem}", fix)
    if not entries:
        if (left := submitted_without_log(settings)) is not None:
            return Seen("broken", f"{log_path(settings)} is lost, though {left} was submitted", fix)
        return Seen("ok", "none was opened yet")
    if is_deep:
        from reports.audit.home import verify_home

        verdict = verify_home(settings)
        if verdict.problems:
            return Seen(
                "broken", f"{len(verdict.problems)} problem(s), the first: {verdict.problems[0]}", "`glassbook verify` lists them all."
            )
    back = next((later for earlier, later in pairwise(entries) if later.at < earlier.at), None)
    if back is not None:
        found = f"entry {back.sequence} of the log says {back.at}, before the entry it follows: a clock was set back, or had been wrong"
        return Seen("note", found, 'docs/operations.md, "A wrong clock"; the order of the entries holds, their instants may not.')
    compared = "every package as sealed" if is_deep else "packages not compared (`glassbook verify` does)"
    return Seen("ok", f"{len(entries)} entries of the log, chained; {compared}")


def look_at_keys(settings: Settings) -> Seen:
    """Whether the register of public keys can be read."""
    if not settings.keys_dir.is_dir():
        return Seen("ok", "none yet")
    found = read_register(settings)
    if not found and any(settings.keys_dir.iterdir()):
        fix = "Restore it from the backup: without it old signatures cannot be verified."
        return Seen("broken", f"{register_path(settings)} is lost, or names nobody", fix)
    return Seen("ok", f"{len(found)} in the register")
