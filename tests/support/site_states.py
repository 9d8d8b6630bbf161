"""The same small platform in the states of a public site: complete, filed but not signed, stale, young, and before its first loan.

Belongs here: homes in these states, and publishing them. Does not: what a page must show. Nothing is built: the real
acts make filings from copies of one home, and a younger platform is its public file as it was on an earlier day.
"""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from glassbook.build_attempts import FILE as ATTEMPT_FILE
from glassbook.disk import file_digest
from glassbook.lake.log import entry_path
from glassbook.settings import Settings
from glassbook.snapshots import MANIFEST, POINTER, current_snapshot, write_manifest
from ingestion.loading.load import ingest
from reports.filing.acts.acts import check_filing, explain_edit, open_filing, sign_filing, submit_filing, supersede_filing
from reports.filing.life.states import newest, package_folder
from reports.signing.private_keys import new_key
from reports.site.publishing import publish_site
from tests.support import homes
from tests.support.signers import PASSPHRASE, SIGNERS
from warehouse.build import run_build

STATES = ("full", "one month", "twenty days", "empty", "stale", "unsigned")
FIGURES = "rpt_cn_figures"
PERIOD = "2019-03"
FILED = f"cn-{PERIOD}"
# The legal representative in the simulated profile.
REPRESENTATIVE = "陈静（模拟）"
FIRST_MONTH_END = date(2018, 1, 31)
TWENTIETH_DAY = date(2018, 1, 20)


def publish_states(home: Settings, folder: Path) -> dict[str, Path]:
    """The sites of one small home in each state, by its name; `home` is left as it is."""
    sites = {}

    def publish(name: str, settings: Settings) -> None:
        sites[name] = publish_site(settings, folder / name.replace(" ", "-")).page.parent

    at_work = homes.copied(home, folder / "home")
    shutil.copytree(at_work.platform_dir / "profile", at_work.profile_file.parent)
    for role, person in SIGNERS.items():
        name = REPRESENTATIVE if role == "legal_representative" else person
        new_key(at_work, person, name, PASSPHRASE, datetime(2019, 1, 1, tzinfo=UTC), 730)
    open_filing(at_work, FILED, "li.na")
    _sign_and_submit(at_work)
    at_work = _told_more(at_work, folder / "told-more")
    supersede_filing(at_work, FILED, "The bank took a payment back.", "li.na")
    publish("unsigned", at_work)
    _sign_and_submit(at_work)
    publish("full", at_work)
    publish("stale", _stale(at_work))
    publish("one month", _younger(home, folder / "month", FIRST_MONTH_END, "delete from {0} where as_of_on > date '{1}'"))
    publish("twenty days", _younger(home, folder / "days", TWENTIETH_DAY, _OF_DAYS))
    publish("empty", _younger(home, folder / "none", TWENTIETH_DAY, "delete from {0}"))
    assert sites.keys() == set(STATES)
    return sites


def _sign_and_submit(settings: Settings) -> None:
    """The newest version is explained as needed, signed by all and submitted."""
    filing = newest(settings, "cn", PERIOD)
    assert filing is not None
    edits = json.loads((package_folder(settings, filing) / "checks.json").read_text(encoding="utf-8"))["edits"]
    open_ones = [e["code"] for e in edits if e["severity"] == "warning" and e["outcome"] == "failed" and e["reason"] is None]
    for code in open_ones:
        explain_edit(settings, FILED, code, "The borrower was told.", "li.na")
    if open_ones:
        check_filing(settings, FILED, "li.na")
    for role, person in SIGNERS.items():
        sign_filing(settings, FILED, role, person, lambda: PASSPHRASE)
    submit_filing(settings, FILED, "li.na")


# A payment of March on an open loan is reversed; the platform learns it on 4 April.
_REVERSED = """
copy (
    with
        paid as (
            select r.*
            from '{repayments}' as r
            inner join '{loans}' as l on r.loan_id = l.loan_id
            where
                r.paid_at > timestamp '2019-03-20'
                and r.principal > 0
                and r.payer_kind = 'borrower'
                and r.payee_kind = 'lenders'
                and l.closed_at is null
            order by r.repayment_id
            limit 1
        )

    from '{repayments}'
    union all
    select
        * replace (
            (select max(repayment_id) + 1 from '{repayments}') as repayment_id,
            repayment_id as reverses_repayment_id,
            -principal as principal,
            -interest as interest,
            -penalty as penalty,
            -fee as fee,
            timestamp '2019-03-30 04:00' as paid_at,
            timestamp '2019-04-04 04:00' as created_at
        )
    from paid
) to '{out}' (format parquet)
"""


def _told_more(settings: Settings, source: Path) -> Settings:
    """Two days later: the platform reports that a payment of March was reversed, which is loaded and built."""
    shutil.copytree(settings.platform_dir, source)
    before, repayments, loans = settings.platform_dir / "repayments.parquet", source / "repayments.parquet", source / "loans.parquet"
    with duckdb.connect() as connection:
        connection.execute(_REVERSED.format(repayments=before, loans=loans, out=repayments))
        counts = connection.execute(f"select (select count(*) from '{repayments}') - (select count(*) from '{before}')").fetchone()
        assert counts == (1,)
    later = homes.at(settings, datetime(2019, 4, 5, 1, tzinfo=UTC))
    ingest(later, source)
    run_build(later)
    return later


def _stale(settings: Settings) -> Settings:
    """Weeks later: newer data waits, the build that should have included it failed, and a filing is late."""
    later = settings.model_copy(update={"clock_now": datetime(2019, 5, 20, 2, tzinfo=UTC), "filings_since": date(2019, 3, 1)})
    newest_load = max((later.lake_dir / "_loads").glob("*.json"))
    entry = json.loads(newest_load.read_text(encoding="utf-8"))
    number = int(newest_load.stem) + 1
    waiting = entry | {"load_seq": number, "loaded_at": "2019-05-18T01:00:00+00:00"}
    entry_path(later, number).write_text(json.dumps(waiting), encoding="utf-8")
    failed = {"started_at": "2019-05-18T02:00:00+00:00", "snapshot": "none", "reason": "the disk was full"}
    (later.builds_dir / ATTEMPT_FILE).write_text(json.dumps(failed), encoding="utf-8")
    return later


_OF_DAYS = (
    "delete from {0} where as_of_on > date '2018-01-31'; "
    "update {0} set as_of_on = date '{1}', is_month_end = false where as_of_on = date '2018-01-31'"
)


def _younger(home: Settings, folder: Path, day: date, changes: str) -> Settings:
    """A home with nothing but the snapshot, its public file as it was at the end of `day`."""
    snapshot = current_snapshot(home)
    settings = home.model_copy(update={"home": folder, "clock_now": datetime(day.year, day.month, day.day, 18, tzinfo=UTC) + timedelta(1)})
    copy = settings.snapshots_dir / snapshot.snapshot_id
    copy.mkdir(parents=True)
    shutil.copyfile(snapshot.public_database, copy / snapshot.public_database.name)
    public = copy / snapshot.public_database.name
    with duckdb.connect(public) as connection:
        _cut(connection, day, changes.format(FIGURES, day))
    at = settings.clock_now.isoformat() if settings.clock_now else ""
    manifest = json.loads((snapshot.folder / MANIFEST).read_text(encoding="utf-8"))
    del manifest["hash"]
    files = manifest["files"] | {public.name: file_digest(public)}
    write_manifest(copy, manifest | {"as_of": day.isoformat(), "known_at": at, "loads": [], "files": files})
    (settings.snapshots_dir / POINTER).write_text(f"{snapshot.snapshot_id}\n", encoding="utf-8")
    return settings


def _cut(connection: duckdb.DuckDBPyConnection, day: date, changes: str) -> None:
    """Keeps only what was known of days up to `day`: figures by `changes`, every other table by its day."""
    connection.execute(changes)
    has_figures = connection.execute(f"select count(*) > 0 from {FIGURES}").fetchone() == (True,)
    for table, column in connection.execute(
        "select table_name, column_name from information_schema.columns where table_schema = 'main' and data_type = 'DATE'"
    ).fetchall():
        if table == "rpt_cn_public_projects" and column == "as_of_on" and has_figures:
            connection.execute(f"update {table} set as_of_on = ?", [day])
        elif table != FIGURES and column in ("as_of_on", "day_on", "month_on"):
            connection.execute(f"delete from {table} where {column} > ?", [day])
    if not has_figures:
        connection.execute("delete from rpt_cn_public_projects")
        connection.execute("delete from fct_portfolio_daily")
