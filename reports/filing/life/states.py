"""The log by filing: the state of every version, who signed, submitted and acknowledged it, and where its package is.

Belongs here: folding the log's entries into filings. Does not: writing the log, or deciding what is allowed next (life.yml).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glassbook.errors import CheckFailed, InputError
from glassbook.json_text import parse_json
from glassbook.settings import Settings
from reports.filing.life.log import LogEntry, read_log

DRAFT, VALIDATED, PREPARED, APPROVED, SIGNED_OFF = "draft", "validated", "prepared", "approved", "signed_off"
SUBMITTED, ACKNOWLEDGED, REFUSED, SUPERSEDED = "submitted", "acknowledged", "refused", "superseded"
# States of a package that left the company: it is part of the chain of seals, and its snapshot is kept.
LEFT = (SUBMITTED, ACKNOWLEDGED, REFUSED, SUPERSEDED)


@dataclass(frozen=True)
class Filing:
    """One version of the filing of a regime for a period, as the log has it; `entries` are its own, oldest first.

    `seal` is empty only in a forged log: every entry names one.
    """

    regime: str
    period: str
    version: int
    state: str
    seal: str
    entries: tuple[LogEntry, ...]

    @property
    def filing_id(self) -> str:
        """Name of the filing, REGIME-PERIOD; its versions share it."""
        return f"{self.regime}-{self.period}"

    @property
    def submitted(self) -> LogEntry | None:
        """Its submission: `who` and `at`."""
        return self._last("submit")

    @property
    def answered(self) -> LogEntry | None:
        """The recipient's answer: action acknowledge or refuse, with its reason and receipt."""
        return self._last("acknowledge", "refuse")

    @property
    def sign_offs(self) -> tuple[LogEntry, ...]:
        """Valid sign-offs: those given since the package was last made or returned."""
        since = max((i for i, e in enumerate(self.entries) if e.action not in ("sign", "submit", "acknowledge", "refuse")), default=-1)
        return tuple(entry for entry in self.entries[since + 1 :] if entry.action == "sign")

    def _last(self, *actions: str) -> LogEntry | None:
        return next((entry for entry in reversed(self.entries) if entry.action in actions), None)


def filings(settings: Settings) -> list[Filing]:
    """Every version of every filing, in order of regime, period and version. Raises ChainBroken."""
    return fold(read_log(settings))


def fold(entries: Iterable[LogEntry]) -> list[Filing]:
    """The filings in these entries.

    A version is superseded once a later one is acknowledged: a resubmission replaces what was accepted only when it is accepted itself.
    """
    by_version: dict[tuple[str, str, int], list[LogEntry]] = {}
    for entry in entries:
        by_version.setdefault((entry.regime, entry.period, entry.version), []).append(entry)
    newest_accepted: dict[tuple[str, str], int] = {}
    for (regime, period, version), steps in by_version.items():
        if steps[-1].state == ACKNOWLEDGED:
            newest_accepted[regime, period] = max(version, newest_accepted.get((regime, period), 0))
    found = []
    for (regime, period, version), steps in sorted(by_version.items()):
        is_replaced = version < newest_accepted.get((regime, period), 0)
        seal = next((entry.seal for entry in reversed(steps) if entry.seal is not None), "")
        found.append(Filing(regime, period, version, SUPERSEDED if is_replaced else steps[-1].state, seal, tuple(steps)))
    return found


def versions(entries: Iterable[LogEntry], regime: str, period: str) -> list[Filing]:
    """The versions of one filing, oldest first."""
    return [filing for filing in fold(entries) if (filing.regime, filing.period) == (regime, period)]


def newest(settings: Settings, regime: str, period: str) -> Filing | None:
    """The newest version of a filing, None when it was not opened yet."""
    found = versions(read_log(settings), regime, period)
    return found[-1] if found else None


def signed_folder(settings: Settings, regime: str, period: str, version: int) -> Path:
    """Where the signed package of a version is once everyone has signed; the .zip of it lies beside it."""
    return settings.filings_dir / regime / period / f"v{version}"


def drafts_folder(settings: Settings, regime: str, period: str, version: int) -> Path:
    """The folder of every package that a version had."""
    return settings.filings_dir / regime / period / f"v{version}.drafts"


def draft_folder(settings: Settings, regime: str, period: str, version: int, seal: str) -> Path:
    """Where a new package is written, named by its seal: it stays there, even if another replaces it before sign-off."""
    return drafts_folder(settings, regime, period, version) / seal[:12]


def is_in_preparation(path: Path, regime: str, period: str, version: int, seal: str) -> bool:
    """Whether a package, folder or archive, lies where a package in preparation is written; no sign-off is ever written there."""
    place = path.resolve()
    place = place.with_suffix("") if place.suffix == ".zip" else place
    return place.parts[-4:] == (regime, period, f"v{version}.drafts", seal[:12])


def package_folder(settings: Settings, filing: Filing) -> Path:
    """The package of a version: the signed one if it exists, else the one in preparation."""
    signed = signed_folder(settings, filing.regime, filing.period, filing.version)
    return signed if signed.is_dir() else draft_folder(settings, filing.regime, filing.period, filing.version, filing.seal)


def read_head(folder: Path) -> dict[str, Any]:
    """The document filing.json of a package folder. Raises InputError when there is none, CheckFailed when it cannot be read."""
    path = folder / "filing.json"
    try:
        head: dict[str, Any] = parse_json(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(
            found="no filing.json", where=str(folder), expected="the folder of a package", remedy="Name the folder of an existing package."
        ) from None
    except ValueError as error:
        raise CheckFailed(f"{path}: cannot be read. Restore it from a backup, then run `glassbook verify`.") from error
    return head
