"""Every session has one channel, whatever its content: cases of the Chinese web, apps and mini-programmes, and any text at all."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassbook.snapshots import connect
from ingestion.loading.load import ingest
from tests.support.homes import difference, home, rebuilt
from tests.support.platform import Platform
from warehouse.addresses import decoded, landing_of, referrer_of
from warehouse.build import run_build
from warehouse.dbt_runner import PROJECT_DIR

HOSTS = {"own_hosts": ("our-platform.example",), "return_hosts": ("cashier.alipay.com",)}
CARRIED = ("referrer_url", "landing_path", "utm_source", "utm_medium", "utm_campaign", "invitation_code")
CASES_OF_ISSUE = Path(__file__).parents[1] / "cases"
FIRST_ODD = 10_001

with Path(__file__).with_name("channel_cases.csv").open(encoding="utf-8", newline="") as file:
    CASES = list(csv.DictReader(file))
# Addresses and what each is, of the tests of a public list (resources/referer-tests.json of 2025-11-25 in
# github.com/snowplow-referer-parser/referer-parser); `channel` is ours for its medium: a chatbot is an assistant, what is paid is search or
# display.
with Path(__file__).with_name("public_referrers.csv").open(encoding="utf-8", newline="") as file:
    PUBLIC_CASES = list(csv.DictReader(file))
FIRST_PUBLIC = 5_001


def odd_texts(count: int) -> list[str]:
    """Texts composed of parts of addresses, and of other text."""
    parts = [
        "http",
        "https",
        "android-app",
        "weixin",
        ":",
        "//",
        "/",
        "?",
        "#",
        "&",
        "=",
        "@",
        "%",
        "%zz",
        "%u8D37",
        "%uD800",
        "%B4%FB",
        "%00",
    ]
    parts += [
        "www",
        ".",
        "..",
        "baidu.com",
        "google",
        "百度",
        "xn--",
        "wd=",
        "utm_medium=",
        "&amp;",
        "gclid=1",
        "\t",
        "\n",
        "\u202e",
        "😀",
        "\\",
        "[",
        "]",
    ]
    parts += ["::1", "1", "999", " ", "\u3000", "a" * 300, "%25" * 3, ".com", "'", '"', ";", "\x1f", "０", "İ", "ß"]
    dice = random.Random(18)
    return ["".join(dice.choices(parts, k=dice.randrange(1, 9))) for _ in range(count)]


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session a case, and some with odd texts in every place."""
    platform = Platform()
    platform.add("campaigns", code="Spring", campaign_kind="soft_article")
    for number, case in enumerate(CASES, start=1):
        carried = {name: case[name] or None for name in CARRIED if name != "landing_path"}
        platform.add("web_sessions", session_id=number, visitor_id=f"c{number}", landing_path=case["landing_path"], **carried)
    for number, case in enumerate(PUBLIC_CASES, start=FIRST_PUBLIC):
        platform.add("web_sessions", session_id=number, visitor_id=f"p{number}", landing_path="/", referrer_url=case["referrer_url"])
    odd = odd_texts(6 * 400)
    for number in range(400):
        texts = dict(zip(CARRIED[:5], odd[6 * number : 6 * number + 5], strict=True))
        platform.add("web_sessions", session_id=FIRST_ODD + number, visitor_id=f"o{number}", **texts)
    folder = tmp_path_factory.mktemp("channels")
    settings = home(folder / "home", **HOSTS)
    ingest(settings, platform.write(folder / "platform"))
    with connect(run_build(settings).database) as connection:
        yield connection


def test_the_cases_are_many_and_of_every_channel() -> None:
    with (PROJECT_DIR / "seeds" / "channel_rules.csv").open(encoding="utf-8", newline="") as file:
        channels = {row["channel"] for row in csv.DictReader(file)}
    assert len(CASES) > 300 and {case["channel"] for case in CASES} == channels
    assert len({case["site"] for case in CASES}) == len(CASES)


def test_every_case_has_its_channel_source_and_keyword(sessions: duckdb.DuckDBPyConnection) -> None:
    query = "select session_id, channel, coalesce(source_name, ''), coalesce(keyword, '') from fct_sessions where session_id < ? order by 1"
    found = {number: answer for number, *answer in sessions.execute(query, [FIRST_PUBLIC]).fetchall()}
    assert len(found) == len(CASES)
    wanted = {number: [case["channel"], case["source_name"], case["keyword"]] for number, case in enumerate(CASES, start=1)}
    assert {CASES[n - 1]["site"]: (found[n], wanted[n]) for n in wanted if found[n] != wanted[n]} == {}


def test_every_address_of_a_public_list_s_own_tests_comes_out_right(sessions: duckdb.DuckDBPyConnection) -> None:
    query = "select session_id, channel, coalesce(keyword, '') from fct_sessions where session_id between ? and ? order by 1"
    found = sessions.execute(query, [FIRST_PUBLIC, FIRST_ODD - 1]).fetchall()
    assert len(found) == len(PUBLIC_CASES) == 118
    differing = {}
    for case, (_, *told) in zip(PUBLIC_CASES, found, strict=True):
        if told != [case["channel"], case["keyword"]]:
            differing[case["referrer_url"]] = (told, case["channel"], case["keyword"])
    assert differing == {}


def test_any_text_leaves_a_session_with_one_channel(sessions: duckdb.DuckDBPyConnection) -> None:
    query = "select count(*), count(distinct session_id), count(channel), count(landing_page) from fct_sessions where session_id >= ?"
    assert sessions.execute(query, [FIRST_ODD]).fetchone() == (400, 400, 400, 400)


@given(st.text() | st.builds("".join, st.lists(st.sampled_from([*"htps:/?#&=@%.[]\\ab1 ", "http://", "%u", "%E4", "&amp;", "wd="]))))
def test_no_text_raises_and_all_that_comes_of_it_can_be_written(text: str) -> None:
    referrer, landing = referrer_of(text), landing_of(text)
    assert (referrer.host is None) == (referrer.site is None) == (referrer.host_names == ())
    assert landing.page.startswith("/") and decoded(decoded(text)) is not None
    for value in (referrer.host, referrer.site, referrer.keyword, *referrer.host_names, *landing[1:]):
        assert pa.array([value]) is not None


def test_a_case_once_wrong_comes_out_right(tmp_path: Path) -> None:
    settings = home(tmp_path / "home", **HOSTS)
    ingest(settings, CASES_OF_ISSUE / "channels-and-costs")
    snapshot = run_build(settings)
    with connect(snapshot.database) as connection:
        found: dict[str, list[int]] = {}
        for channel, number in connection.execute("select channel, session_id from fct_sessions order by session_id").fetchall():
            found.setdefault(channel, []).append(number)
        codes = connection.execute("select campaign_code from fct_sessions where session_id in (22, 23)").fetchall()
        costs = connection.execute(
            "select channel, campaign_code, cost_amount::varchar, unknown_campaigns from fct_channel_costs order by all"
        ).fetchall()
        findings = connection.execute("select check_code, entity, masked_value from chk_findings where check_code like 'GB-M%'").fetchall()
        page = connection.execute(
            "select cost_amount::varchar, commission_cost_amount from rpt_marketing_channels "
            "where channel = 'all' and month_on = '2019-01-01'"
        ).fetchall()
    assert found == {
        "social": [1, 12, 17],
        "display": [2, 8, 9, 25],
        "paid_search": [3, 4, 5, 19, 21, 30],
        "organic_search": [10, 11, 15, 16, 20, 26, 27],
        "unassigned": [6],
        "direct": [7, 29],
        "referral": [13, 14, 18, 28],
        "soft_article": [22, 23],
        "email": [24],
    }
    assert codes == [("Spring",), ("Spring",)]
    assert costs == [
        ("paid_search", "none", "570.00", None),
        ("paid_search", "unassigned", "30.00", "campaign 9"),
        ("soft_article", "Spring", "150.00", None),
    ]
    assert sorted(findings) == [("GB-M01", "cost campaign 9", "30.00"), ("GB-M02", "campaign 1", "Spring")]
    # Commissions were not supplied.
    assert page == [("750.00", None)]


def test_a_session_just_after_a_registration_led_to_it(tmp_path: Path) -> None:
    settings = home(tmp_path / "home")
    ingest(settings, CASES_OF_ISSUE / "session-just-after-registration")
    with connect(run_build(settings).database) as connection:
        found = dict(connection.execute("select user_id, channel from fct_registrations").fetchall())
    assert found == {1: "paid_search", 2: "paid_search", 3: "unknown", 4: "unassigned", 5: "sms"}


def test_later_builds_give_what_one_build_of_all_gives(tmp_path: Path) -> None:
    settings = home(tmp_path / "home", **HOSTS)
    platform = Platform()
    platform.add("campaigns", code="spring", campaign_kind="video", updated_at="2019-01-01 09:00")
    people = platform.users(3)
    for number, person in enumerate([None, people[0], None, None], start=1):
        platform.add(
            "web_sessions", session_id=number, visitor_id="v", user_id=person, started_at=f"2018-01-01 0{number}:00", utm_campaign="spring"
        )
    platform.add("marketing_costs", cost_on="2019-01-01", channel="sms", campaign_id=1, amount="5", updated_at="2019-01-02 09:00")
    platform.add("rewards", user_id=people[0], campaign_id=1, reward_kind="cash", amount="2", granted_at="2019-01-01 10:00")
    ingest(settings, platform.write(tmp_path / "first"))
    run_build(settings)
    # New sessions, one of which moves the visitor's anonymous sessions to another user.
    platform.add(
        "web_sessions", session_id=5, visitor_id="v", user_id=people[1], started_at="2019-01-03 09:00", referrer_url="https://t.cn/x"
    )
    platform.add("web_sessions", session_id=6, visitor_id="w", started_at="2019-01-03 09:00", landing_path="/?bd_vid=1")
    ingest(settings, platform.write(tmp_path / "second"))
    second = run_build(settings)
    assert difference(second, rebuilt(settings, tmp_path / "second-again")) == {}
    # The campaign has another code now; its cost follows.
    platform.change("campaigns", 1, "2019-01-04 09:00", code="SUM-mer", campaign_kind="points")
    platform.add("web_sessions", session_id=7, visitor_id="x", started_at="2019-01-04 09:00", utm_campaign="sum mer")
    ingest(settings, platform.write(tmp_path / "third"))
    third = run_build(settings)
    assert difference(third, rebuilt(settings, tmp_path / "third-again")) == {}
    with connect(third.database) as connection:
        found = connection.execute(
            "select session_id, channel, campaign_code from fct_sessions where session_id in (1, 5, 6, 7)"
        ).fetchall()
    assert sorted(found) == [(1, "unassigned", "none"), (5, "social", "none"), (6, "paid_search", "none"), (7, "points", "SUM-mer")]
