"""The public view of a regime's filings: state, seal, figures as filed, and what each version corrected.

Belongs here: reading the log of filings and the packages that it names. Does not: the parts of a package that name loans or people; they
never reach a page: only seal, head and figures of a package are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from glassbook.errors import GlassbookError
from glassbook.json_text import parse_json
from glassbook.settings import Settings
from reports.filing.declare.period import parse_period
from reports.filing.declare.regime import Regime
from reports.filing.life.states import ACKNOWLEDGED, LEFT, REFUSED, SUBMITTED, Filing, filings, signed_folder
from reports.filing.package.seal import SEAL_NAME
from reports.restating.annex import ANNEX_JSON
from reports.restating.sides import read_file, read_filed

FILES = ("figures.json", "figures.csv", SEAL_NAME)
"""The files of a package that the public gets."""


@dataclass(frozen=True)
class Correction:
    """A figure that differs from the version that was replaced; `causes` are those that the annex proves."""

    code: str
    before: Decimal | None
    after: Decimal | None
    causes: tuple[str, ...]


@dataclass(frozen=True)
class FiledVersion:
    """One version of the filing of one period. Instants are UTC.

    `values` are the figures as filed and `files` what the public gets, both empty until it left the company; `reason`: why it replaces
    `replaced`, the version that the recipient had, which `corrections` are compared with. A refused version stays refused, also when a
    later one is accepted. `is_damaged`: its package is not as sealed, so nothing is read from it.
    """

    filing_id: str
    period: str
    as_of: date
    version: int
    state: str
    seal: str
    opened_at: datetime
    submitted_at: datetime | None
    reason: str | None
    replaced: FiledVersion | None
    values: Mapping[str, Decimal | None]
    corrections: tuple[Correction, ...]
    files: Mapping[str, bytes]
    is_damaged: bool = False

    @property
    def has_left(self) -> bool:
        """Whether its recipient got it."""
        return self.state in LEFT

    @property
    def is_in_force(self) -> bool:
        """Whether its recipient has it and did not refuse it."""
        return self.state in (SUBMITTED, ACKNOWLEDGED)

    @property
    def standing_corrections(self) -> tuple[Correction, ...]:
        """The corrections of what was filed: none when this version was refused, or the one that it replaces was."""
        is_standing = self.state != REFUSED and self.replaced is not None and self.replaced.state != REFUSED
        return self.corrections if is_standing else ()


def read_versions(settings: Settings, regime: Regime) -> tuple[FiledVersion, ...]:
    """Every version of every filing of the regime, in order of period and version. Raises ChainBroken for a changed log."""
    found: list[FiledVersion] = []
    for filing in filings(settings):
        if filing.regime == regime.name:
            found.append(_version(settings, regime, filing, [version for version in found if version.period == filing.period]))
    return tuple(found)


def _version(settings: Settings, regime: Regime, filing: Filing, earlier: Sequence[FiledVersion]) -> FiledVersion:
    # As the annex has it: the newest version that was not refused, and the last one when all were.
    before = next((version for version in reversed(earlier) if version.state != REFUSED), earlier[-1] if earlier else None)
    files: dict[str, bytes] = {}
    values: dict[str, Decimal | None] = {}
    causes: dict[str, tuple[str, ...]] = {}
    is_damaged = False
    if filing.state in LEFT:
        package = signed_folder(settings, filing.regime, filing.period, filing.version)
        try:
            filed = read_filed(package)
            values = {code: _number(record["value"]) for code, record in filed.records.items()}
            files = {name: read_file(package, name) for name in FILES}
            is_damaged = filed.seal != filing.seal
        except (GlassbookError, OSError, KeyError):
            is_damaged = True
        causes = {} if is_damaged or before is None else _causes(read_annex(package))
    return FiledVersion(
        filing_id=filing.filing_id,
        period=filing.period,
        as_of=parse_period(filing.period, regime.frequency).last_on,
        version=filing.version,
        state=REFUSED if filing.answered is not None and filing.answered.action == "refuse" else filing.state,
        seal=filing.seal,
        opened_at=datetime.fromisoformat(filing.entries[0].at),
        submitted_at=None if filing.submitted is None else datetime.fromisoformat(filing.submitted.at),
        reason=next((entry.reason for entry in filing.entries if entry.action == "supersede"), None),
        replaced=before,
        values={} if is_damaged else values,
        corrections=() if before is None or is_damaged else _corrections(before.values, values, causes),
        files={} if is_damaged else files,
        is_damaged=is_damaged,
    )


def read_annex(package: Any) -> dict[str, Any]:
    """The document of a version's changes, without rows; empty if the package has none."""
    try:
        document: dict[str, Any] = parse_json(read_file(package, ANNEX_JSON))
    except KeyError:
        return {}
    return document


def _causes(annex: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {str(changed["code"]): tuple(changed["causes"]) for changed in annex.get("changed", ())}


def _corrections(
    before: Mapping[str, Decimal | None], after: Mapping[str, Decimal | None], causes: Mapping[str, tuple[str, ...]]
) -> tuple[Correction, ...]:
    codes = sorted(code for code in before.keys() | after.keys() if before and after and before.get(code) != after.get(code))
    return tuple(Correction(code, before.get(code), after.get(code), causes.get(code, ())) for code in codes)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
