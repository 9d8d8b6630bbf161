"""A package that nobody, or not everybody, has signed yet is read as what it is: nothing of it was altered."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from glassbook.errors import CheckFailed
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot
from reports.commands.compare import compare
from reports.commands.explain import explain
from reports.commands.restatements import restatements
from reports.commands.verify import verify
from reports.filing.life.states import filings, package_folder, signed_folder
from reports.restating.sides import read_filed
from reports.verifying.package import verify_package
from tests.reports.filing.test_filing_life import FILING, RESTATED, submitted
from tests.support.signers import SIGNERS


def ends_well(command: Any, *arguments: object) -> str:
    """What a command prints that ends well."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def read_by_every_command(settings: Settings) -> str:
    """What `restatements` says, once every command has read the newest package as folder and as archive."""
    package = package_folder(settings, filings(settings)[-1])
    for path in (package, package.with_name(f"{package.name}.zip")):
        assert "no figure changed" in ends_well(compare, path)
        assert "as filed; seal" in ends_well(explain, "TOY-A01", "--filing", path)
        assert "signed by nobody: in preparation" in ends_well(verify, path)
    return ends_well(restatements)


def test_every_command_reads_a_filing_before_it_is_submitted(
    desk: Callable[..., Result], snapshot: Snapshot, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk("open", FILING)
    desk("explain-edit", FILING, "TOY-E02", "--reason", "Loan 1 pays on Friday.")
    desk("check", FILING)
    states = ["validated"]
    assert f"{FILING} v1 (validated), known at" in read_by_every_command(settings)
    for role, person in SIGNERS.items():
        desk("sign", FILING, "--role", role, "--by", person)
        states.append(filings(settings)[-1].state)
        assert f"{FILING} v1 ({states[-1]}), known at" in read_by_every_command(settings)
    assert states == ["validated", "prepared", "approved", "signed_off"]
    package = package_folder(settings, filings(settings)[-1])
    monkeypatch.chdir(package.parent)
    assert "intact" in ends_well(verify, package.name), "named from the folder in which it lies"


def test_a_correction_in_preparation_is_read_beside_what_the_recipient_has(
    desk: Callable[..., Result], snapshot: Snapshot, publish_snapshot: Any, settings: Settings
) -> None:
    submitted(desk)
    desk("acknowledge", FILING, "--receipt", "2020-17")
    publish_snapshot("s-0002", also=RESTATED, known_at="2020-01-05T01:00:00+00:00")
    assert desk("supersede", FILING, "--reason", "A loan was corrected.").exit_code == 0
    told = CliRunner().invoke(restatements, ["--format", "json"])
    assert str(told.exception) == f"{FILING} touched", "the version before, and nothing is unreadable"
    found = [(one["version"], one["state"], one["touched"], one["problem"]) for one in json.loads(told.output)["filings"]]
    assert found == [(1, "acknowledged", True, None), (2, "validated", False, None)]
    assert "TOY-A02" in ends_well(compare, signed_folder(settings, "toy", "2019-12", 1), package_folder(settings, filings(settings)[-1]))


def test_of_several_packages_in_preparation_the_one_in_the_log_is_compared(
    desk: Callable[..., Result], toy: Any, publish_snapshot: Any, settings: Settings
) -> None:
    """An error that a later snapshot found: the package before it, without one, is no longer the filing."""
    toy["checks"][0] = toy["checks"][0] | {"relation": "chk_toy_noted"}
    noted = "create macro chk_toy_noted(as_of_on) as table select 'x' as entity, 'x' as field, 'x' as masked_value, 'x' as message where {}"
    publish_snapshot("s-0001", also=noted.format("as_of_on < date '2000-01-01'"))
    assert "validated" in desk("open", FILING).output
    publish_snapshot("s-0002", also=noted.format("true"), known_at="2020-01-05T01:00:00+00:00")
    assert "TOY-E01 open" in desk("check", FILING).output
    assert f"{FILING} v1 (draft), known at 2020-01-05" in ends_well(restatements)


def test_signatures_that_were_taken_away_are_still_missed(
    desk: Callable[..., Result], snapshot: Snapshot, settings: Settings, tmp_path: Path
) -> None:
    submitted(desk)
    signed = signed_folder(settings, "toy", "2019-12", 1)
    (signed / "SIGNATURES").unlink()
    (filing,) = filings(settings)
    places = [
        tmp_path / "v1",
        tmp_path / "toy" / "2019-12" / "v1.drafts" / "a",
        tmp_path / "toy" / "2019-11" / "v1.drafts" / filing.seal[:12],
    ]
    for place in places:
        shutil.copytree(signed, place)
    for place in (signed, *places):
        assert verify_package(place).problems == ("SIGNATURES: is missing: nobody has signed as preparer, approver, legal_representative",)
        with pytest.raises(CheckFailed, match="SIGNATURES: is missing"):
            read_filed(place)
    draft = signed.with_name("v1.drafts") / filing.seal[:12]
    assert verify_package(draft).is_intact
    (draft / "SIGNATURES").write_bytes(b"")
    assert verify_package(draft).problems == ("SIGNATURES: was added",)
