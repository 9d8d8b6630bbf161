"""Every finding that an edit can have is Chinese in the Chinese filing; what models write in English stays in checks.json."""

from __future__ import annotations

import re

import pytest

from glassbook.snapshots import Snapshot, connect
from reports.filing.declare.regime import load_regime
from reports.filing.make.edits import run_edits
from reports.filing.render.finding_words import finding_in_words, message_in_words

# Codes, ids of rows and names of the source's tables and columns are the same in every language.
SAME = re.compile(r"CN-[A-Z]\d+W?|checks\.json|数据表\w+（?\w*）?|[a-z]+(-\d+)+|流水号\w+|平台信息\w+")


def test_every_finding_of_a_platform_that_breaks_every_rule_is_chinese(broken: Snapshot) -> None:
    form = load_regime("cn").said_in("CNY").edit_form
    assert form is not None and broken.as_of is not None
    with connect(broken.database) as connection:
        results = run_edits(connection, "cn", broken.as_of)
    fired = {result.check.code for result in results if result.findings}
    assert len(fired) > 25
    said = {(r.check.code, finding["message"]): finding_in_words(form, finding) for r in results for finding in r.findings}
    without = [
        message
        for _, message in said
        if finding_in_words(form, {"entity": "", "field": "", "masked_value": "", "message": message}).endswith("：见checks.json")
    ]
    assert without == [], "each has words of its own"
    assert {key: text for key, text in said.items() if re.search("[A-Za-z]{2,}", SAME.sub("", text))} == {}


@pytest.mark.parametrize(
    ("entity", "value", "message", "expected"),
    [
        ("user 7", "250000.00", "owes 250000.00, the limit is 200000.00", "用户7：待还250000.00元，限额为200000.00元"),
        ("figure CN-B02", "-194.00", "is not -1.94 / 1.00", "指标CN-B02：不等于-1.94 ÷ 1.00"),
        ("loan 3", "staff", "user 4 (staff) owes 5.00", "借款3：用户4（员工）待还5.00元"),
        (
            "institution 2",
            "9.00",
            "stands behind 9.00, its limit is 1.00; its record is deleted",
            "机构2：在保余额9.00元，限额1.00元；其记录已删除",
        ),
        ("loan 8, buyer 9", "0", "2 transfers, 1 contracts whose hash is known", "借款8受让人9：转让2笔，哈希已知的合同1份"),
        # These have no wording yet: they bring in no English.
        ("loan 3", "17.00", "a sentence that a model of tomorrow writes", "借款3：17.00"),
        ("loan 3", "", "a sentence that a model of tomorrow writes", "借款3：见checks.json"),
        # A value that looks like a place of the words.
        ("reference {a}", "1", "platform less custodian: {0.real} in all", "流水号{a}：平台减存管合计{0.real}元"),
    ],
)
def test_a_finding_in_words(entity: str, value: str, message: str, expected: str) -> None:
    form = load_regime("cn").said_in("CNY").edit_form
    assert form is not None
    assert finding_in_words(form, {"entity": entity, "field": "amount", "masked_value": value, "message": message}) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("not supplied: contracts, contracts.document_sha256", "未提供：contracts, contracts.document_sha256"),
        ("BinderException: no such column", "见checks.json"),
    ],
)
def test_what_is_said_of_an_edit_that_was_not_run(message: str, expected: str) -> None:
    form = load_regime("cn").said_in("CNY").edit_form
    assert form is not None and message_in_words(form, message) == expected
