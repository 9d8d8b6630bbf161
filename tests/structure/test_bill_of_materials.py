"""The bill of materials is CycloneDX, and names everything that runs, with what a reader needs."""

from __future__ import annotations

import json

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.support.bill_of_materials import bill_of_materials, licence_of, locked


@pytest.fixture(scope="module")
def text() -> str:
    return bill_of_materials()


def test_it_keeps_to_the_schema_and_is_the_same_each_time(text: str) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert bill_of_materials() == text


def test_it_names_what_the_lock_names_with_hashes_and_licence(text: str) -> None:
    document = json.loads(text)
    pins = {(name, version) for name, version, _ in locked()}
    assert len(pins) > 100 and {(part["name"], part["version"]) for part in document["components"]} == pins
    assert [part["name"] for part in document["components"] if not part["externalReferences"][0]["hashes"]] == []
    # Packages that are not installed on this system have no metadata here.
    assert [part["name"] for part in document["components"] if licence_of(part["name"]) and not part["licenses"]] == []
    assert sum("licenses" in part for part in document["components"]) > len(pins) * 0.9


def test_it_says_what_needs_what(text: str) -> None:
    graph = {
        node["ref"].split("@")[0]: {ref.split("@")[0] for ref in node.get("dependsOn", [])} for node in json.loads(text)["dependencies"]
    }
    assert {"pkg:pypi/duckdb", "pkg:pypi/streamlit", "pkg:pypi/sqlglot"} <= graph["glassbook"]
    assert "pkg:pypi/starlette" in graph["pkg:pypi/streamlit"] and "pkg:pypi/pytest" not in graph
