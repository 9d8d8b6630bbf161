"""The workbook of a filing opened by LibreOffice, a hand that did not write it: the same numbers, and text that stays text."""

from __future__ import annotations

import csv
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from glassbook.settings import Settings
from reports.figures.reading import read_figures
from reports.filing.acts.writing import write_filing
from reports.filing.declare.regime import load_regime
from tests.support.built import LAST, current_snapshot


@pytest.mark.office
def test_every_number_of_the_forms_is_that_of_the_figures(small_home: Settings, tmp_path: Path) -> None:
    package = write_filing(small_home, "cn", f"{LAST:%Y-%m}", tmp_path / "package").folder
    (workbook,) = package.glob("*.xlsx")
    # One CSV a sheet, with the cells as they are stored and not as they are formatted.
    sheets = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = ["soffice", profile, "--headless", "--convert-to", sheets, "--outdir", str(tmp_path / "read"), str(workbook)]
    subprocess.run(command, check=True, capture_output=True)
    found: dict[str, list[str]] = {}
    for path in sorted((tmp_path / "read").glob("*.csv")):
        for row in csv.reader(path.open(encoding="utf-8")):
            for code in row:
                # Edits have codes too; their form holds no figures.
                if code.startswith("CN-") and not code.startswith("CN-E"):
                    found[code] = row
    figures = read_figures(current_snapshot(small_home), load_regime("cn"), LAST).figures
    assert found.keys() == {figure.code for figure in figures}
    for figure in figures:
        if figure.value is not None:
            assert figure.value in {number for cell in found[figure.code] if (number := _number(cell)) is not None}, figure.code


def _number(cell: str) -> Decimal | None:
    try:
        return Decimal(cell)
    except ArithmeticError:
        return None
