"""One edition of the site: all content of its pages, read from one snapshot and one home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from glassbook.errors import GlassbookError
from glassbook.profile import Profile, load_profile
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect
from reports.figures.reading import FigureSet, read_figures, stored_days
from reports.filing.declare.exposures import BUSINESS_DAYS
from reports.filing.declare.public_page import PublicPage as DeclaredPage
from reports.filing.declare.public_page import PublicTable as DeclaredTable
from reports.filing.declare.regime import Regime
from reports.site.language import currency_zh
from reports.site.public_data import PublicData, load_public_data
from reports.site.reading.figures import History, filed_histories, read_histories, without_values
from reports.site.reading.filings import FiledVersion, read_versions
from reports.site.reading.refuted import Refuted, read_refuted
from reports.site.reading.standing import Standing, read_standing
from reports.site.reading.tables import OpenTable, read_lacking, read_table
from reports.standing import Remark

if TYPE_CHECKING:
    import duckdb

_UNREADABLE = Remark("报送日志无法读取，报送状态暂不列出。", "the log of filings cannot be read: how filings stand is not shown")
_NO_PROFILE = Remark("平台信息文件无法读取，暂不列出。", "the platform's profile cannot be read, and is not shown")


@dataclass(frozen=True)
class Month:
    """A day with figures on the site: the end of a month, or the latest day of a platform younger than a month.

    `first_on` is the first day of the month on which the platform lent: in its first month it may be later than the 1st.
    """

    day: date
    first_on: date
    is_month_end: bool

    @property
    def is_whole(self) -> bool:
        """Whether the platform lent in all of the calendar month."""
        return self.is_month_end and self.first_on.day == 1

    @property
    def name(self) -> str:
        """Its address: 2019-12; with the day if the month is not over."""
        return f"{self.day:%Y-%m}" if self.is_month_end else self.day.isoformat()


@dataclass(frozen=True)
class FiledMonth:
    """A month that was filed and of which the public file has no figures, as before the first loan: `histories` are as filed."""

    month: Month
    version: FiledVersion
    histories: tuple[History, ...]


@dataclass(frozen=True)
class Edition:
    """What is published: `months` oldest first, empty for a platform that never lent; `latest` is the document of its newest figures.

    `tables` are the public tables by relation, without those missing in the file; `data` has their words, if there are any tables.
    `lacking` are the tables of the contract that the platform does not supply, of those that public tables need.
    """

    regime: Regime
    snapshot_id: str
    known_at: datetime
    timezone: str
    platform_name: str
    currency: str
    months: tuple[Month, ...]
    histories: tuple[History, ...]
    refuted: Refuted
    versions: tuple[FiledVersion, ...]
    standing: Standing
    profile: Profile | None
    tables: Mapping[str, OpenTable]
    data: PublicData | None
    latest: FigureSet | None
    filing_seal: str | None = None
    site_address: str = ""
    filed_months: tuple[FiledMonth, ...] = ()
    lacking: frozenset[str] = frozenset()
    remarks: tuple[Remark, ...] = field(default=())

    @property
    def zone(self) -> ZoneInfo:
        """Time zone of business dates, and of instants on pages."""
        return ZoneInfo(self.timezone)

    @property
    def is_log_readable(self) -> bool:
        """Whether it is known how filings stand; where it is not, nothing says that none was opened."""
        return _UNREADABLE not in self.remarks

    @property
    def page(self) -> DeclaredPage:
        """What the regime declares of its site; only regimes with a declaration are published."""
        assert self.regime.page is not None
        return self.regime.page

    @property
    def projects(self) -> OpenTable | None:
        """The projects under way; None if there are none."""
        declared = self.page.projects
        found = None if declared is None else self.tables.get(declared.relation)
        return found if found is not None and found.rows else None

    def is_supplied(self, table: DeclaredTable) -> bool:
        """Whether the platform supplies what a public table is made of."""
        return self.lacking.isdisjoint(table.needs)

    @property
    def words(self) -> PublicData:
        """The words of tables; called only when there is a table."""
        assert self.data is not None
        return self.data

    @cached_property
    def by_code(self) -> Mapping[str, History]:
        """The figures under their codes."""
        return {history.code: history for history in self.histories}

    @cached_property
    def defined(self) -> tuple[History, ...]:
        """Its figures in words alone, while none of them is stored: their pages are there before the first loan."""
        return () if self.histories else without_values(self.regime)

    def is_money(self, history: History) -> bool:
        """Whether the figure is an amount of the home's currency."""
        return history.unit == self.currency

    @cached_property
    def by_day(self) -> Mapping[date, Month]:
        """Every month that has a page, by its last day."""
        return {month.day: month for month in (*self.months, *(filed.month for filed in self.filed_months))}

    def in_force(self, day: date) -> FiledVersion | None:
        """The newest version of a day's filing that its recipient has."""
        return next((version for version in reversed(self.versions) if version.as_of == day and version.is_in_force), None)

    def versions_of(self, day: date) -> list[FiledVersion]:
        """Every version of the filing of a day, oldest first."""
        return [version for version in self.versions if version.as_of == day]

    def newest_version(self, day: date) -> FiledVersion | None:
        """The newest version of a day's filing, in any state; None if none was opened."""
        return next(reversed(self.versions_of(day)), None)

    def filed(self, day: date, code: str) -> Decimal | None:
        """What the version in force says of a figure."""
        version = self.in_force(day)
        return None if version is None else version.values.get(code)


def read_edition(settings: Settings, snapshot: Snapshot, regime: Regime, filing_seal: str | None = None) -> Edition:
    """All content of the regime's pages. Raises InputError for an old public file without the edits' results."""
    remarks: list[Remark] = []
    versions: tuple[FiledVersion, ...] = ()
    try:
        versions = read_versions(settings, regime)
    except GlassbookError:
        remarks.append(_UNREADABLE)
    with connect(snapshot.public_database) as connection:
        days = stored_days(connection, regime, month_ends_only=True)
        has_ends = bool(days)
        # A platform younger than a month has no month end yet: use its latest day instead.
        days = days or stored_days(connection, regime, month_ends_only=False)[-1:]
        began_on = _began_on(connection)
        months = tuple(
            Month(day, day.replace(day=1) if began_on is None else min(max(day.replace(day=1), began_on), day), has_ends) for day in days
        )
        refuted = read_refuted(connection, snapshot, regime)
        histories = read_histories(connection, regime, tuple(days), refuted)
        filed_months = _filed_months(connection, versions, days)
        parameters = dict(connection.execute("select name, value from ctl_parameters").fetchall())
        declared = () if regime.page is None else regime.page.tables
        currency = parameters.get("currency", settings.currency)
        data = load_public_data(regime.name, currency, currency_zh(currency)) if declared else None
        lacking = read_lacking(connection)
        read = [] if data is None else [read_table(connection, table.relation, table.file, data) for table in declared]
    profile = None
    if regime.profile_form is not None and settings.profile_file.exists():
        try:
            profile = load_profile(settings.profile_file, with_attachments=False)
        except GlassbookError:
            remarks.append(_NO_PROFILE)
    return Edition(
        regime=regime.said_in(currency, currency_zh(currency)),
        snapshot_id=snapshot.snapshot_id,
        known_at=snapshot.known_at,
        timezone=snapshot.manifest["timezone"],
        platform_name=parameters.get("platform_name", ""),
        currency=currency,
        months=months,
        histories=histories,
        refuted=refuted,
        versions=versions,
        standing=read_standing(settings, snapshot, regime),
        profile=profile,
        tables={table.relation: table for table in read if table is not None},
        data=data,
        latest=read_figures(snapshot, regime, days[-1], is_public=True) if days else None,
        filing_seal=filing_seal,
        lacking=lacking,
        site_address=settings.site_address,
        filed_months=filed_months,
        remarks=tuple(remarks),
    )


def _filed_months(connection: duckdb.DuckDBPyConnection, versions: Sequence[FiledVersion], days: Sequence[date]) -> tuple[FiledMonth, ...]:
    in_force = {version.as_of: version for version in versions if version.is_in_force and version.files and version.as_of not in days}
    return tuple(
        FiledMonth(Month(day, day.replace(day=1), True), version, filed_histories(connection, day, version.files["figures.json"]))
        for day, version in sorted(in_force.items())
    )


def _began_on(connection: duckdb.DuckDBPyConnection) -> date | None:
    """The first day on which the platform had lent; None if the public file does not have it."""
    import duckdb

    try:
        row = connection.execute(f"select min(day_on) from {BUSINESS_DAYS}").fetchone()
    except duckdb.CatalogException:
        return None
    return None if row is None else row[0]
