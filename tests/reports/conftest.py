"""A small snapshot of an invented regime: proves that the engine needs nothing of any real one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

from glassbook import catalogue
from glassbook.catalogue.guide import load_topics
from glassbook.settings import Settings, load_settings
from glassbook.snapshots import DATABASE, PUBLIC_DATABASE, Snapshot, install, make_current, write_manifest
from reports.commands import filing as filing_commands
from reports.filing.declare import regime as regimes
from tests.support.signers import PASSPHRASE, make_keys

HERE = Path(__file__).parent
AS_OF = date(2019, 12, 31)
PUBLIC_TABLES = ("rpt_toy_figures", "ctl_metrics", "ctl_parameters", "chk_refuted_figures")


def metric(code: str, name: str, unit: str, decimals: int, **more: Any) -> dict[str, Any]:
    """A catalogue entry of the invented regime."""
    entry = {"section": code[4], "name_zh": name, "name_en": f"{code} in English", "definition_zh": f"{name}的定义"}
    entry |= {"definition_en": f"what {code} means", "formula": "Σ", "period": "month", "basis": "rule 1"}
    return {"code": code, "unit": unit, "decimals": decimals, **entry, **more}


def loans(column: str) -> dict[str, Any]:
    """Where the rows behind a figure of loans are."""
    return {"model": "rpt_toy_loans_as_of", "key": ("loan_id", "borrower_id"), "column": column}


METRICS = [
    metric("TOY-A01", "累计金额", "CNY", 2, **loans("amount")),
    metric("TOY-A02", "累计笔数", "loans", 0, **loans("loans_count")),
    metric("TOY-A03", "逾期金额", "CNY", 2, **loans("overdue_amount")),
    metric("TOY-A04", "收费", "CNY", 2, model="rpt_toy_fees_as_of", key=("fee_id", "fee_kind"), column="amount"),
    metric("TOY-B01", "金额逾期率", "%", 2, formula="A03 ÷ A01"),
    metric("TOY-B02", "平均时间", "hours", 1),
]


def check(code: str, severity: str, relation: str, **more: Any) -> dict[str, Any]:
    """An edit of the invented regime."""
    entry = {"scope": "row", "phase": "meaning", "regime": "toy", "rule_zh": "规则", "rule_en": "rule", "source": "art. 1", "about": ()}
    return {"code": code, "name": code.lower(), "severity": severity, "relation": relation, **entry, **more}


CHECKS = [
    check("TOY-E01", "error", "chk_toy_none"),
    check("TOY-E02", "warning", "chk_toy_overdue"),
    check("TOY-E03", "error", "chk_toy_none", needs=("contracts",)),
]


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """Installs only the invented regime; the lists it returns may be changed before the catalogue is first read."""
    load_topics()  # the guide is of the real catalogue: it is read, once, before that is out of reach
    records = {"metrics_toy": list(METRICS), "checks": list(CHECKS)}
    folder = tmp_path / "regimes" / "toy"
    folder.mkdir(parents=True)
    shutil.copy(HERE / "toy.yml", folder / "regime.yml")
    caches = (catalogue.metric_sets, catalogue.load_metrics, catalogue.load_checks)
    monkeypatch.setattr(regimes, "REGIMES_DIR", tmp_path / "regimes")
    monkeypatch.setattr(catalogue, "_records", lambda name: records[name])
    # Its checks are those of the list: no file is named for a regime.
    monkeypatch.setattr(catalogue, "named_after", lambda package, kind: ())
    for cached in caches:
        cached.cache_clear()
    monkeypatch.setattr(catalogue, "metric_sets", lambda: ("toy",))
    yield records
    for cached in caches:
        cached.cache_clear()


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """Settings of a separate home, for this process and its commands."""
    monkeypatch.setenv("GLASSBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GLASSBOOK_CLOCK_NOW", "2020-01-03T02:00:00")
    monkeypatch.chdir(tmp_path)
    return load_settings()


PublishSnapshot = Callable[..., Snapshot]


@pytest.fixture
def publish_snapshot(settings: Settings, tmp_path: Path) -> PublishSnapshot:
    """Publishes a snapshot of the invented regime; SQL given is run on the warehouse before it is frozen."""

    def publish(snapshot_id: str = "s-0001", *, also: str = "", known_at: str = "2020-01-03T01:00:00+00:00") -> Snapshot:
        folder = settings.builds_dir / snapshot_id
        folder.mkdir(parents=True)
        with duckdb.connect(str(folder / DATABASE)) as connection:
            connection.execute((HERE / "toy.sql").read_text(encoding="utf-8"))
            _write_catalogue(connection)
            if also:
                connection.execute(also)
            connection.execute(f"attach '{folder / PUBLIC_DATABASE}' as public")
            for table in PUBLIC_TABLES:
                connection.execute(f"create table public.{table} as select * from main.{table}")
        manifest = {"snapshot_id": snapshot_id, "known_at": known_at, "as_of": "2019-12-31", "timezone": "Asia/Shanghai"}
        manifest |= {"code_version": "0.1.0", "rule_set_version": "1", "contract_version": 1, "loads": [[1, "load-a"], [2, "load-b"]]}
        write_manifest(folder, manifest)
        snapshot = install(settings, folder, snapshot_id)
        make_current(settings, snapshot)
        return snapshot

    return publish


def _write_catalogue(connection: duckdb.DuckDBPyConnection) -> None:
    words = ("code", "section", "name_zh", "name_en", "definition_zh", "definition_en", "formula", "unit", "basis")
    connection.execute(f"create table ctl_metrics ({', '.join(f'{name} varchar' for name in words)})")
    connection.executemany(
        f"insert into ctl_metrics values ({', '.join('?' * len(words))})", [[m[name] for name in words] for m in METRICS]
    )


@pytest.fixture
def snapshot(toy: dict[str, Any], publish_snapshot: PublishSnapshot) -> Snapshot:
    """The plain snapshot of the invented regime."""
    return publish_snapshot()


@pytest.fixture
def desk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Types a command of `glassbook filing`; keys of three people are there, and their passphrase in the environment."""
    make_keys(settings)
    monkeypatch.setenv("GLASSBOOK_PASSPHRASE", PASSPHRASE)
    return lambda *arguments: CliRunner().invoke(filing_commands.filing, list(arguments))
