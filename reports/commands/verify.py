"""The command `glassbook verify`. It imports what it runs when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassbook.errors import CheckFailed

if TYPE_CHECKING:
    from glassbook.settings import Settings


@click.command(
    epilog="Example: glassbook verify filings/cn-2019-12.zip",
    short_help="Check that a package, or everything ever filed, is as it was sealed and signed.",
)
@click.argument("package", type=click.Path(path_type=Path), required=False)
@click.option("--recompute", is_flag=True, help="Make it again from the lake as known then, and compare every figure and every byte.")
@click.option(
    "--keys",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Register of public keys, as a recipient has it: PACKAGE must be signed. [default: the home's, if any; unsigned packages pass]",
)
def verify(package: Path | None, recompute: bool, keys: Path | None) -> None:
    """Check that every file of PACKAGE (folder or .zip) is as it was sealed, and that every sign-off is valid.

    Without PACKAGE: check the log of filings, every package that it names, seals, their chain and signatures. Exits 1 and names each
    problem.

    With --recompute also check that PACKAGE still follows from the data: build it in a scratch folder, from the lake and the package alone.
    """
    from glassbook.settings import load_settings
    from reports.signing.register import parse_register, read_register, register_path

    settings = load_settings()
    if package is None:
        _verify_home(settings)
        return
    known = parse_register(keys.read_bytes(), keys) if keys is not None else read_register(settings)
    is_known = keys is not None or register_path(settings).is_file()
    from reports.verifying.package import verify_package

    verdict = verify_package(package, known if is_known else None, is_signed=True if keys is not None else None)
    if not verdict.is_intact:
        for problem in verdict.problems:
            click.echo(problem)
        if verdict.files_are_as_sealed:
            assert verdict.seal is not None  # without a seal, nothing counts as sealed
            click.echo(f"the files themselves: all {len(verdict.seal.files)} as sealed; seal {verdict.seal.whole}")
            raise CheckFailed(
                f"{package}: what its files come in is not as it was written, as named above; ask for the archive as it was sent"
            )
        if verdict.of_container:
            click.echo("the files themselves: not as sealed")
        raise CheckFailed(f"{package} is not as it was sealed: {len(verdict.problems)} problem(s), named above")
    assert verdict.seal is not None  # a package without a seal is a problem above
    click.echo(f"intact: {len(verdict.seal.files)} files, as sealed")
    click.echo(f"seal {verdict.seal.whole}")
    click.echo(f"previous {verdict.seal.previous or 'none'}")
    for sign_off in () if verdict.signatures is None else verdict.signatures.sign_offs:
        click.echo(f"signed {sign_off.role}: {sign_off.person} at {sign_off.at}, key {sign_off.key}")
    if verdict.signatures is None:
        click.echo("signed by nobody: in preparation, or made to be looked at; it is no submission")
    elif not is_known:
        click.echo("the keys are those in the package: compare them with the register that you were given, or name it by --keys")
    if recompute:
        _recompute(package)


def _verify_home(settings: Settings) -> None:
    from reports.audit.home import verify_home

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
