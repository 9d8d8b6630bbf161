"""The reading commands: figures, explain, verify and doctor. They import what they use when they are called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassbook.errors import CheckFailed
from reports.figure_sets import HOUSE_SETS

if TYPE_CHECKING:
    from datetime import date

    from glassbook.settings import Settings
    from glassbook.snapshots import Snapshot
    from reports.engine.regime import Regime
    from reports.restating.sides import Filed


def _choose(as_of: str | None, known_at: str | None, snapshot_id: str | None) -> tuple[Settings, Snapshot, date]:
    """What every reading command needs: settings, the snapshot asked for and the day."""
    from glassbook.errors import InputError
    from glassbook.settings import load_settings
    from reports.selection import choose_snapshot, parse_day, parse_instant

    instant = None if known_at is None else parse_instant(known_at, "--known-at")
    asked = None if as_of is None else parse_day(as_of, "--as-of")
    settings = load_settings()
    snapshot = choose_snapshot(settings, snapshot_id=snapshot_id, known_at=instant)
    day = asked or snapshot.as_of
    if day is None:
        raise InputError(
            found="a platform without any data, and no --as-of",
            where=f"snapshot {snapshot.snapshot_id}",
            expected="a day to report on",
            remedy="Add --as-of with a day such as 2019-12-31.",
        )
    if snapshot.as_of is not None and day > snapshot.as_of:
        click.echo(f"note: the data ends on {snapshot.as_of}; {day} shows what is known of it by then", err=True)
    return settings, snapshot, day


def _choose_filing(package: Path) -> tuple[Filed, Snapshot, Regime, date]:
    """A package, and the snapshot, regime and day of its figures."""
    from glassbook.settings import load_settings
    from reports.engine.regime import load_regime
    from reports.restating.sides import filed_snapshot, read_filed

    filed = read_filed(package)
    return filed, filed_snapshot(load_settings(), filed.head, filed.name), load_regime(str(filed.head["regime"])), filed.as_of


@click.command(
    epilog="Example: glassbook figures --regime cn --as-of 2019-12-31 --format table\n\n"
    "Example: glassbook figures --set marketing --as-of 2019-12-31 --format csv",
    short_help="Every figure of a regime, or of the house, on one day.",
)
@click.option("--regime", help="Name of the regime, such as cn.")
@click.option("--set", "house_set", type=click.Choice(list(HOUSE_SETS)), help="The house's own figures, of the month up to the day.")
@click.option("--as-of", "as_of", help="Business date YYYY-MM-DD. [default: latest day of the snapshot]")
@click.option("--known-at", "known_at", help="Instant: as known then, by the load log (ISO 8601; without an offset: UTC).")
@click.option("--snapshot", "snapshot_id", help="Id of a kept snapshot. [default: the current one]")
@click.option("--format", "shape", type=click.Choice(["json", "csv", "table"]), default="json", show_default=True, help="Output.")
def figures(
    regime: str | None, house_set: str | None, as_of: str | None, known_at: str | None, snapshot_id: str | None, shape: str
) -> None:
    """Every figure of a regime, or of a set of the house's own, as of a business date, read from a published snapshot.

    Run `glassbook build` before. The house's figures are there for month ends and the latest day.

    Notes on standard error say when loads wait outside the snapshot in force, its last build failed, or the period's filing is a draft.
    """
    from reports.engine.regime import load_regime
    from reports.figure_sets import HouseSet
    from reports.figures import read_figures
    from reports.standing import of_filing, of_snapshot

    if (regime is None) == (house_set is None):
        raise click.UsageError(f"Name either --regime, or --set with one of {', '.join(HOUSE_SETS)}.")
    declared = None if regime is None else load_regime(regime)
    settings, snapshot, day = _choose(as_of, known_at, snapshot_id)
    found = read_figures(snapshot, declared or HouseSet(str(house_set)), day)
    # Whoever asks for a snapshot, or for what was known at an instant, knows that there is something newer.
    remarks = of_snapshot(settings, snapshot) if known_at is None and snapshot_id is None else []
    for remark in [*remarks, *([] if declared is None else of_filing(settings, declared, day))]:
        click.echo(f"note: {remark.en}{f'; {remark.detail}' if remark.detail else ''}", err=True)
    if shape == "json":
        click.echo(found.to_json(), nl=False)
    elif shape == "csv":
        click.echo(found.to_csv(), nl=False)
    else:
        from reports.figures_table import print_table

        print_table(found)


@click.command(
    epilog="Example: glassbook explain CN-A14 --regime cn --as-of 2019-12-31 --format csv > overdue.csv\n\n"
    "Example: glassbook explain CN-A14 --filing filings/cn-2019-12\n\n"
    "Example: glassbook explain OP-C01",
    short_help="Definition, basis, lineage, and the loans behind one figure.",
)
@click.argument("code")
@click.option("--filing", type=click.Path(path_type=Path), help="Package: the figure as filed, on the snapshot that it was made from.")
@click.option("--regime", help="Name of the regime, such as cn; figures of the house (OP-…, MK-…) need none.")
@click.option("--as-of", "as_of", help="Business date YYYY-MM-DD. [default: latest day of the snapshot]")
@click.option("--known-at", "known_at", help="Instant: as known then, by the load log (ISO 8601; without an offset: UTC).")
@click.option("--snapshot", "snapshot_id", help="Id of a kept snapshot. [default: the current one]")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="table: for people; csv: every row behind the figure; json: everything.",
)
@click.option("--rows", "limit", type=click.IntRange(min=0), default=20, show_default=True, help="Rows shown in a table.")
def explain(
    code: str,
    filing: Path | None,
    regime: str | None,
    as_of: str | None,
    known_at: str | None,
    snapshot_id: str | None,
    shape: str,
    limit: int,
) -> None:
    """Definition, legal basis, lineage and the rows that make up the figure CODE; exits 1 should they not add up to it.

    Of a regime and a day, or as a filing states it, or of the house's own figures. One that is told by a key, as by month of
    disbursement, is listed with its values; where no rows add up to a figure, as to a median, it is said why.
    """
    from reports import explain as explaining
    from reports import explain_text
    from reports.engine.regime import load_regime
    from reports.figure_sets import FigureSource, house_set_of

    filed = None
    declared: FigureSource
    if filing is not None:
        if regime or as_of or known_at or snapshot_id:
            raise click.UsageError(
                "--filing names regime, day and snapshot by itself: leave out --regime, --as-of, --known-at and --snapshot."
            )
        filed, snapshot, declared, day = _choose_filing(filing)
    elif regime is not None:
        declared = load_regime(regime)
        _, snapshot, day = _choose(as_of, known_at, snapshot_id)
    elif (of_house := house_set_of(code)) is not None:
        declared = of_house
        _, snapshot, day = _choose(as_of, known_at, snapshot_id)
    else:
        raise click.UsageError("Name --regime, or a package with --filing.")
    explanation = explaining.explain(snapshot, declared, code, day)
    if filed is not None and filed.records.get(explanation.metric.code) != explanation.figure.record():
        raise CheckFailed(
            f"{filed.name} states {explanation.metric.code} otherwise than the snapshot that it names: the package was not made from it. "
            f"Run `glassbook verify {filing} --recompute`."
        )
    if filed is not None and shape == "table":
        click.echo(f"{filed.name}, as filed; seal {filed.seal}")
    if shape == "json":
        click.echo(explain_text.as_json(explanation), nl=False)
    elif shape == "csv":
        click.echo(explain_text.as_csv(explanation), nl=False)
    else:
        click.echo(explain_text.as_text(explanation, limit), nl=False)
    rows = explanation.contributions
    if rows is not None and not rows.adds_up:
        raise CheckFailed(
            f"the rows behind {code} add up to {explain_text.sums_of(rows)}, the figure says {explain_text.expected_of(rows)}; "
            "this snapshot must not be filed: run `glassbook build --full` and compare"
        )


@click.command(
    epilog="Example: glassbook verify filings/cn-2019-12.zip",
    short_help="Is a package, or everything ever filed, as it was sealed and signed.",
)
@click.argument("package", type=click.Path(path_type=Path), required=False)
@click.option("--recompute", is_flag=True, help="Make it again from the lake as known then, and compare every figure and every byte.")
@click.option(
    "--keys",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Register of public keys, as a recipient has it: PACKAGE has to be signed. [default: the home's, if any; unsigned packages hold]",
)
def verify(package: Path | None, recompute: bool, keys: Path | None) -> None:
    """Whether every file of PACKAGE (folder or .zip) is as it was sealed, and every sign-off holds.

    Without PACKAGE: the log of filings, every package that it names, seals, their chain and signatures. Exits 1 and names each thing
    that is not as it was.

    With --recompute also whether PACKAGE still follows from the data: a build in a scratch folder, from the lake and the package alone.
    """
    from glassbook.settings import load_settings
    from reports.signing.register import parse_register, read_register, register_path

    settings = load_settings()
    if package is None:
        _verify_home(settings)
        return
    known = parse_register(keys.read_bytes(), keys) if keys is not None else read_register(settings)
    is_known = keys is not None or register_path(settings).is_file()
    from reports.verify import verify_package

    verdict = verify_package(package, known if is_known else None, is_signed=True if keys is not None else None)
    if not verdict.is_intact:
        for problem in verdict.problems:
            click.echo(problem)
        if verdict.files_are_as_sealed:
            assert verdict.seal is not None  # without one, nothing is as sealed
            click.echo(f"the files themselves: all {len(verdict.seal.files)} as sealed; seal {verdict.seal.whole}")
            raise CheckFailed(
                f"{package}: what its files come in is not as it was written, as named above; ask for the archive as it was sent"
            )
        if verdict.of_container:
            click.echo("the files themselves: not as sealed")
        raise CheckFailed(f"{package} is not as it was sealed: {len(verdict.problems)} problem(s), named above")
    assert verdict.seal is not None  # a package without a seal has a problem
    click.echo(f"intact: {len(verdict.seal.files)} files, as sealed")
    click.echo(f"seal {verdict.seal.whole}")
    click.echo(f"previous {verdict.seal.previous or 'none'}")
    for sign_off in () if verdict.signatures is None else verdict.signatures.sign_offs:
        click.echo(f"signed {sign_off.role}: {sign_off.person} at {sign_off.at}, key {sign_off.key}")
    if verdict.signatures is None:
        click.echo("signed by nobody: a draft, or made to be looked at; it is no submission")
    elif not is_known:
        click.echo("the keys are those in the package: compare them with the register that you were given, or name it by --keys")
    if recompute:
        _recompute(package)


def _verify_home(settings: Settings) -> None:
    from reports.verify_home import verify_home

    verdict = verify_home(settings)
    for problem in verdict.problems:
        click.echo(problem)
    if verdict.problems:
        raise CheckFailed(f"not everything is as it was filed: {len(verdict.problems)} problem(s), named above")
    if not verdict.entries:
        click.echo("nothing was filed from this home: there is no log of filings, and no package that one would name")
        return
    click.echo(f"intact: {verdict.entries} entries of the log, {verdict.packages} packages, their seals, chain and signatures")


def _recompute(package: Path) -> None:
    from glassbook.settings import load_settings
    from reports.restating.reproduction import build_from_home, reproduce
    from reports.restating.text import reproduction_text

    found = reproduce(load_settings(), package, build_from_home())
    click.echo(reproduction_text(found), nl=False)
    if not found.is_reproduced:
        raise CheckFailed(f"{package} does not follow from the lake as known then: {len(found.figures)} figures, {len(found.files)} files")


@click.command(epilog="Example: glassbook doctor", short_help="Is everything in place, with the mend for what is not.")
@click.option("--deep", is_flag=True, help="Compare every byte of lake and snapshots, and every package, with what was recorded.")
def doctor(deep: bool) -> None:
    """Whether everything is in place: Python, packages, settings, home, load log, lake, clocks, snapshots, filings, keys, disk.

    Says what it did not look at; exits 1 when something is not in place.
    """
    from reports.doctor import examine

    findings = examine(is_deep=deep)
    for finding in findings:
        click.echo(f"{finding.mark:<5} {finding.topic:<12} {finding.found}")
        if finding.mend:
            click.echo(f"{'':18} do: {finding.mend}")
    broken = [finding.topic for finding in findings if finding.state == "broken"]
    if broken:
        raise CheckFailed(f"not in place: {', '.join(broken)}")
