"""What `doctor` checks in the lake and its log: links, files, files in no entry, clocks. It changes nothing.

Belongs here: checks of what was loaded. Does not: the other checks (`examining`), the comparisons themselves (`glassbook`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from glassbook.clock import CLOCKS_DIFFER_BY, now
from glassbook.in_the_way import in_the_load_log
from glassbook.lake.comparison import claims_of, damaged_files, replaced_files
from glassbook.lake.log import SET_ASIDE, examine_entries, known_instants, missed_by_snapshots, second_place
from glassbook.settings import Settings


@dataclass(frozen=True)
class Seen:
    """The result of one check. `state`: ok, note or broken; `fix` says what to do."""

    state: str
    found: str
    fix: str = ""


def look_at_log(settings: Settings) -> Seen:
    """Whether every entry follows from the one before, at both places, and the log holds what snapshots were built from."""
    obstacle = in_the_load_log(settings)
    if obstacle is not None:
        return Seen("broken", obstacle.state, obstacle.remedy)
    records, problem = examine_entries(settings)
    place = second_place(settings)
    if problem is None and place.path.exists():
        copies, problem = place.examine()
        if problem is not None:
            problem = f"{place.path}: {problem}"
        elif [copy["hash"] for copy in copies] != [record["hash"] for record in records][: len(copies)]:
            problem = f"{place.path}: holds other entries than the lake"
    if problem is not None:
        return Seen("broken", problem, "Run `glassbook repair`: it puts back what the home can prove, and names what it cannot.")
    if not records and not settings.lake_dir.exists():
        return Seen("ok", "no lake here")
    problem = missed_by_snapshots(settings, [record["load_id"] for record in records])
    if problem is not None:
        return Seen("broken", problem, "Restore lake and log from the newest backup.")
    if not records:
        return Seen("ok", "no entry yet")
    if not place.path.exists():
        return Seen("note", f"{len(records)} entries, and none at their second place {place.path}", "The next load writes it again.")
    return Seen("ok", f"{len(records)} entries, chained, at two places")


def look_at_files(settings: Settings, *, is_deep: bool) -> Seen:
    """Whether the files that the log names exist and, on request, every byte is as recorded; and files that no entry names."""
    records, _ = examine_entries(settings)
    claims = claims_of(records)
    if not claims:
        return Seen("ok", "no file yet")
    lost = sorted(path for path in claims if not (settings.lake_dir / path).is_file())
    if lost:
        found = f"{len(lost)} file(s) of the load log are gone, the first {lost[0]}"
        return Seen("broken", found, "Restore the lake from its backup; it is never deleted from.")
    if is_deep:
        damaged = damaged_files(settings, claims)
        if damaged:
            fix = "Restore them from a backup; the right one has the recorded SHA-256."
            return Seen("broken", f"{len(damaged)} file(s) are not as recorded: {'; '.join(damaged[:5])}", fix)
    strangers = _strangers(settings, claims.keys() | replaced_files(records))
    if strangers:
        fix = "If an entry of the log was lost, restore it from a backup; else keep them outside the lake. No load removes them."
        return Seen("note", f"{len(strangers)} file(s) that no entry claims, the first {strangers[0]}", fix)
    unknown = sum(digest is None for digest in claims.values())
    size = sum((settings.lake_dir / path).stat().st_size for path in claims)
    compared = "every byte as recorded" if is_deep else "bytes not compared (`glassbook doctor --deep` does)"
    older = f"; of {unknown}, written by earlier code, no SHA-256 is recorded" if unknown else ""
    return Seen("ok", f"{len(claims)} files, {size / 1e6:,.1f} MB, {compared}{older}")


def look_at_clocks(settings: Settings) -> Seen:
    """Whether a load is known later than now, or began long before the load that it follows: a clock was wrong."""
    records, _ = examine_entries(settings)
    if not records:
        return Seen("ok", "nothing loaded yet")
    limit = now(settings) + CLOCKS_DIFFER_BY
    instants = known_instants(records)
    ahead = next((number for number, instant in enumerate(instants, start=1) if instant > limit), None)
    if ahead is not None:
        found = f"load {ahead} is known at {instants[ahead - 1].isoformat()}, later than the clock shows, and so are all after it"
        fix = f"Set the clock right, then say when it was made: `glassbook correct-clock --load {ahead} …` (docs/operations.md)."
        return Seen("broken", found, fix)
    return Seen("ok", f"the newest load is known at {instants[-1].isoformat()}, not later than now")


def _strangers(settings: Settings, known: Collection[str]) -> list[str]:
    """Unknown files in the folders of tables, of quarantine and of files set aside, without those of a running or killed load."""
    lake = settings.lake_dir
    begun = {mark.name.removeprefix(".").split(".", 1)[0] for mark in (lake / "_loads").glob(".*.json.part")}
    inside = (path for pattern in ("[!_]*/*", "_quarantine/*/*", f"{SET_ASIDE}/**/*") for path in lake.glob(pattern) if path.is_file())
    named = sorted(str(path.relative_to(lake)) for path in inside if path.name.split(".", 1)[0] not in begun)
    return [name for name in named if name not in known]
