"""Publishes the transparency page from the public snapshot: one self-contained page, and its figures as JSON and CSV beside it.

It reads stored figures of the public file only, and nothing that could hold personal data is ever opened. The data files
carry their content in their names and are written first, the page that names them last, so a visitor sees a whole page.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from glassbook.errors import InputError
from glassbook.faults import checkpoint
from glassbook.own_places import refuse_own_place
from glassbook.private import let_all_read
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect, current_snapshot
from reports.engine.package import clear_leftovers, write_whole
from reports.engine.regime import Regime, load_regime, regime_names
from reports.engine.seal import sha256
from reports.figures import read_figures, stored_days
from reports.page import render_page
from reports.refuted import Refutation, read_refuted

PAGE_NAME = "index.html"
_NAME_DIGITS = 12


@dataclass(frozen=True)
class Site:
    """What was published: the page, and what edits say against the figures of its month, which it marks as provisional."""

    page: Path
    refutations: tuple[Refutation, ...]


def publish_site(settings: Settings, out: Path, *, snapshot: Snapshot | None = None, filing_seal: str | None = None) -> Site:
    """Writes the page of the last complete month into the folder `out`.

    Reads the current snapshot unless given one; `filing_seal`, when given, is named on the page. With several regimes that
    have a page, the first by name is index.html and each of the others is NAME.html. Raises InputError when no figures are
    stored.
    """
    refuse_own_place(settings, out)
    frozen = snapshot or current_snapshot(settings)
    regimes = [regime for regime in map(load_regime, regime_names()) if regime.page is not None]
    if not regimes:
        raise InputError(
            found="no regime with a page",
            where="reports/regimes/",
            expected="a `page:` section in one regime.yml",
            remedy="Declare which figures and charts the page shows.",
        )
    if out.exists() and not out.is_dir():
        raise InputError(found="a file", where=str(out), expected="a folder or a free name", remedy="Name another place with --out.")
    if not out.exists():
        out.mkdir(parents=True)
        let_all_read(out)
    clear_leftovers(out)
    others = [_publish(frozen, regime, out, f"{regime.name}.html", filing_seal) for regime in regimes[1:]]
    first = _publish(frozen, regimes[0], out, PAGE_NAME, filing_seal)
    return Site(first.page, tuple(found for site in (first, *others) for found in site.refutations))


def _publish(snapshot: Snapshot, regime: Regime, out: Path, name: str, filing_seal: str | None) -> Site:
    with connect(snapshot.public_database) as connection:
        days = stored_days(connection, regime, month_ends_only=True)
        # A platform younger than a month has no month end yet: its latest day stands in.
        days = days or stored_days(connection, regime, month_ends_only=False)
        if not days:
            raise InputError(
                found="no stored figures",
                where=f"{regime.figures_table} of public snapshot {snapshot.snapshot_id}",
                expected="figures of one day at least",
                remedy="Build a snapshot from data with at least one day.",
            )
        figures = read_figures(snapshot, regime, days[-1], is_public=True)
        document, table = figures.to_json().encode(), figures.to_csv().encode()
        digest = sha256(document)
        stem = f"{regime.name}-figures-{days[-1]:%Y-%m}-{digest[:_NAME_DIGITS]}"
        refuted = read_refuted(connection, snapshot, regime)
        page = render_page(connection, snapshot, regime, figures, refuted, digest=digest, stem=stem, filing_seal=filing_seal)
    write_whole(out / f"{stem}.json", document, is_for_all=True)
    write_whole(out / f"{stem}.csv", table, is_for_all=True)
    checkpoint("publish_before_page")
    write_whole(out / name, page.encode(), is_for_all=True)
    checkpoint("publish_after_page")
    return Site(out / name, tuple(refuted.on(days[-1])))
