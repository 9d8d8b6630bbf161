"""Marts of the shared small home compared with the second calculation: the questions of docs/questions.md, and rates of groups that
smaller platforms do not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

import pytest

from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect
from tests.oracle.marts import Comparison, Told, differences
from tests.oracle.marts_economics import OF_LARGE_GROUPS
from tests.oracle.questions import ANSWERS, DOCUMENT, QUERIES
from tests.oracle.second_calculation import SecondCalculation
from tests.support.built import LAST


@pytest.fixture(scope="module")
def told(small_home: Settings, small_snapshot: Snapshot) -> Iterator[Told]:
    with connect(small_snapshot.database) as connection:
        yield Told(connection, SecondCalculation(small_home.platform_dir, LAST, small_home.own_hosts))


def test_every_question_of_the_document_is_asked_of_one_mart() -> None:
    assert list(QUERIES) == list(ANSWERS) == re.findall(r"^## (.+)$", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for query in QUERIES.values():
        assert (
            len(re.findall(r"\b(?:from|join) (?:fct|rpt|dim)_\w+", query)) == len(re.findall(r"\b(?:from|join|select)\b", query)) - 1 == 1
        )


@pytest.mark.parametrize("question", ANSWERS)
def test_its_query_answers_a_question_as_the_second_calculation_does(told: Told, question: str) -> None:
    cursor = told.connection.execute(QUERIES[question])
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    assert rows, "no answer"
    ANSWERS[question](told, rows)


@pytest.mark.parametrize(("compare", "tolerance"), OF_LARGE_GROUPS.items(), ids=[compare.__name__ for compare in OF_LARGE_GROUPS])
def test_a_mart_says_what_the_second_calculation_says(told: Told, compare: Comparison, tolerance: Fraction) -> None:
    found, expected = compare(told)
    assert any(value is not None for values in expected.values() for value in values), "no group is large enough"
    assert differences(found, expected, tolerance) == {}
