"""The forms of a filing read by independent libraries: XML by its schema, PDF by its text, CSV compared with the reviewed one."""

from __future__ import annotations

import hashlib
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdf
import pytest
import xmlschema

from glassbook.errors import CheckFailed
from glassbook.settings import Settings
from reports.filing.acts.writing import write_filing
from reports.filing.make import filing
from simulator.plan import Plan
from simulator.profile import write_profile
from tests.support.built import FIRST, LAST, LOANS, SEED
from tests.support.golden import GOLDEN, kept_sums, make_package, sums

NAMESPACE = {"cn": "urn:glassbook:disclosure:cn:1"}


@pytest.fixture(scope="module")
def package(small_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """China's filing of the small platform's last month, with its profile."""
    return make_package(small_home, tmp_path_factory.mktemp("forms"))


def figures(package: Path) -> dict[str, dict[str, Any]]:
    return {figure["code"]: figure for figure in json.loads((package / "figures.json").read_text(encoding="utf-8"))["figures"]}


def one(package: Path, pattern: str) -> Path:
    (found,) = package.glob(pattern)
    return found


def test_xml_is_valid_and_holds_every_figure(package: Path) -> None:
    schema = xmlschema.XMLSchema11(package / "filing.xsd")
    document = schema.to_dict(str(one(package, "*.xml")), namespaces=NAMESPACE)
    assert schema.is_valid(str(one(package, "*.xml")))
    told = {figure["@code"]: figure.get("value", figure.get("cn:value")) for figure in _figures(document)}
    expected = figures(package)
    assert told.keys() == expected.keys()
    for code, figure in expected.items():
        if figure["value"] is not None:
            assert Decimal(str(told[code])) == Decimal(figure["value"]), code


def _figures(document: Any) -> list[dict[str, Any]]:
    inner = document.get("figures", document.get("cn:figures"))
    found = inner.get("figure", inner.get("cn:figure"))
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(("old", "new"), [("<value>", "<value>x"), ("<status>", "<status>perfect"), ("<figures>", "<figures><odd/>")])
def test_xml_that_says_something_else_is_not_valid(package: Path, old: str, new: str) -> None:
    text = one(package, "*.xml").read_text(encoding="utf-8")
    assert not xmlschema.XMLSchema11(package / "filing.xsd").is_valid(text.replace(old, new, 1))


def test_pdf_holds_every_figure_and_each_page_says_what_it_belongs_to(package: Path) -> None:
    pages = [page.extract_text() for page in pypdf.PdfReader(one(package, "*.pdf")).pages]
    sha256 = hashlib.sha256((package / "figures.json").read_bytes()).hexdigest()
    for number, text in enumerate(pages, start=1):
        assert f"cn-{LAST:%Y-%m}　版本 1" in text and sha256 in text, number
        assert f"第 {number} 页，共 {len(pages)} 页" in text
        assert "DRAFT" not in text
    # A long name takes several lines: a row is the text between its code and the next.
    rows = dict(re.findall(r"(?ms)^(CN-[AB]\d\d)(.*?)(?=^CN-|^报送编号)", "\n".join(pages)))
    for code, figure in figures(package).items():
        if figure["value"] is not None:
            assert _printed(figure) in rows[code], code


def _printed(figure: dict[str, Any]) -> str:
    return f"{Decimal(figure['value']):,}"


def test_every_page_of_a_draft_says_so(small_home: Settings, tmp_path: Path) -> None:
    made = write_filing(small_home, "cn", f"{LAST:%Y-%m}", tmp_path / "package")
    assert made.is_draft, "nobody has said who runs the platform"
    for page in pypdf.PdfReader(one(made.folder, "*.pdf")).pages:
        assert page.extract_text().count("DRAFT") == 2, "in the footer, and across the page"


@pytest.mark.parametrize("name", sorted(path.name for path in GOLDEN.glob("*.csv")))
def test_forms_are_byte_for_byte_those_that_were_reviewed(package: Path, name: str) -> None:
    assert (package / name).read_bytes() == (GOLDEN / name).read_bytes(), (
        f"{name} differs from the filing that was looked at. If it should, look at the new one, then run `python -m tests.support.golden`."
    )


def test_every_file_of_the_filing_says_what_was_reviewed(package: Path) -> None:
    found, kept = sums(package), kept_sums()
    differing = sorted(name for name in found.keys() | kept.keys() if found.get(name) != kept.get(name))
    assert not differing, "if these should differ, look at the new ones, then run `python -m tests.support.golden`"


def test_a_profile_that_is_saved_meanwhile_makes_no_filing_of_two(
    small_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = write_profile(tmp_path / "profile", Plan(loans=LOANS, seed=SEED, start=FIRST, end=LAST, has_anomalies=True))

    def saved(*_: object) -> dict[str, bytes]:
        profile.write_bytes(profile.read_bytes() + b"# a comment\n")
        return {}

    monkeypatch.setattr(filing, "build_documents", saved)
    with pytest.raises(CheckFailed, match="was changed while the filing was made from it"):
        write_filing(small_home.model_copy(update={"profile": profile}), "cn", f"{LAST:%Y-%m}", tmp_path / "package")
    assert not (tmp_path / "package").exists()
