"""For hypothesis: random small platforms on which people also visit, verify, apply, are charged, rewarded and called.

Belongs here: drawing rows that marketing and risk read, also unusual ones. Does not: loans and payments (`strategies`), results.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.oracle.strategies import AMOUNTS, DAYS, FIRST, instants, platforms
from tests.support.platform import Platform

OWN_HOSTS = ("our-platform.example", "cashier.alipay.com")
# What a session says about its origin: each channel, and cases that are hard to read.
COMING = st.sampled_from(
    [
        {},
        {},
        {"referrer_url": "https://www.our-platform.example/invest"},
        {"referrer_url": "https://www.baidu.com/s?wd=%B4%FB%BF%EE"},
        {"referrer_url": "https://m.sm.cn/s?q=p2p"},
        {"referrer_url": "android-app://com.tencent.mm/"},
        {"referrer_url": "https://www.hao123.com/"},
        {"referrer_url": "https://chatgpt.com/"},
        {"referrer_url": "https://bbs.example/thread-1"},
        {"referrer_url": "::::"},
        {"utm_medium": " CPC ", "utm_source": "baidu", "utm_campaign": "Spring"},
        {"utm_medium": "e-mail", "utm_source": "nl"},
        {"utm_campaign": "SPRING%20"},
        {"utm_source": "newsletter"},
        {"invitation_code": "INV1"},
        {"invitation_code": "NULL"},
        {"landing_path": "/landing/a?utm_medium=banner&clickid=7"},
    ]
)
# Around a registration and a conversion, and around both ends of the thirty days before it.
AROUND = st.sampled_from(
    [timedelta(seconds=s) for s in (-7 * 86400, -86400, -60, 0, 60, 61, 86400, -30 * 86400, -30 * 86400 - 1, -14 * 86400, -3600)]
)
CHANNELS = st.sampled_from(["paid_search", "SEM", "Paid Search", "email", "billboards", "soft-article", "alliance"])
# With a blank around a name, and with one that says nothing.
DETAILS = st.tuples(st.sampled_from(["branch", "keyword"]), st.sampled_from(["1", "p2p", " p2p", " "]))


@st.composite
def sessions(draw: st.DrawFn, p: Platform, people: list[int]) -> None:
    """Adds up to twelve sessions on five visitors: of no user, of one user or of several users in turn."""
    registered = {row["user_id"]: row["registered_at"] for row in p.rows("users")}
    for _ in range(draw(st.integers(0, 12))):
        near = draw(st.sampled_from(people))
        about = draw(st.one_of(st.just(registered[near]), instants(FIRST).map(p.instant)))
        named = draw(st.sampled_from([None, None, near, near, draw(st.sampled_from(people))]))
        values: dict[str, Any] = {"landing_path": "/", "device_kind": draw(st.sampled_from(["ios", "desktop", None]))} | draw(COMING)
        p.add("web_sessions", visitor_id=f"v{draw(st.integers(1, 5))}", user_id=named, started_at=about + draw(AROUND), **values)


@st.composite
def money_and_calls(draw: st.DrawFn, p: Platform, people: list[int]) -> None:
    """Adds fees, rewards, costs, movements of funds and of the reserve, calls and write-offs."""
    loans = [row["loan_id"] for row in p.rows("loans")]
    lent_on = {row["loan_id"]: p.business_date(row["disbursed_at"]) for row in p.rows("loans")}

    def when() -> datetime:
        return draw(instants(FIRST))

    def one_of(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    def somebody() -> int:
        return draw(st.sampled_from(people))

    kinds = (("Spring", "soft_article"), ("b", "event"))
    campaigns = [p.add("campaigns", code=code, campaign_kind=kind)["campaign_id"] for code, kind in kinds]
    for _ in range(draw(st.integers(0, 4))):
        p.fee(one_of("-1.00", "2.50", "100.00"), when(), user_id=somebody(), loan_id=one_of(None, *loans))
    for _ in range(draw(st.integers(0, 4))):
        at = when()
        given = {"reward_kind": one_of("cash", "voucher", "points", "prize"), "campaign_id": one_of(None, *campaigns)}
        ends = {
            "redeemed_at": one_of(None, at + timedelta(days=3)),
            "expires_at": one_of(None, at + timedelta(days=2), at + timedelta(days=90)),
        }
        p.add("rewards", user_id=somebody(), amount="3.00", granted_at=at, **ends, **given)
    for key in draw(st.lists(st.tuples(DAYS, CHANNELS, st.sampled_from([0, *campaigns, 99])), max_size=4, unique=True)):
        cost = dict(zip(("cost_on", "channel", "campaign_id"), key, strict=True))
        p.add("marketing_costs", amount=draw(AMOUNTS), **cost)
        for kind, detail in draw(st.lists(DETAILS, max_size=2, unique=True)):
            shown = one_of(None, 7)
            p.add("marketing_cost_details", amount=draw(AMOUNTS), detail_kind=kind, detail=detail, impressions=shown, **cost)
    for _ in range(draw(st.integers(0, 4))):
        kind, amount = one_of(("deposit", "5.00"), ("withdrawal", "-5.00"))
        p.add("fund_movements", user_id=somebody(), movement_kind=kind, amount=amount, occurred_at=when())
    for _ in range(draw(st.integers(0, 2))):
        kind, amount = one_of(("contribution", "50.00"), ("compensation", "-20.00"))
        p.add("risk_reserve_movements", movement_kind=kind, amount=amount, occurred_at=when())
    for loan in draw(st.lists(st.sampled_from(loans), max_size=4)) if loans else []:
        # When it is likely to be late.
        acted_at, outcome = draw(instants(lent_on[loan] + timedelta(days=20), 60)), one_of("promised", "promised", None)
        p.add("collection_actions", loan_id=loan, action_kind=one_of("phone", "sms"), outcome=outcome, acted_at=acted_at)
    for loan in draw(st.lists(st.sampled_from(loans), max_size=1)) if loans else []:
        p.add("loan_events", loan_id=loan, event_kind="write_off", occurred_at=when())


@st.composite
def busy_platforms(draw: st.DrawFn) -> Platform:
    """A platform of `strategies` whose eight people registered one after the other, with all that marketing and risk read."""
    p = draw(platforms())
    people = [row["user_id"] for row in p.rows("users")]
    for row in p.rows("users"):
        row["registered_at"] = p.instant(draw(instants(FIRST, 60)))
    draw(sessions(p, people))
    draw(money_and_calls(p, people))
    for who in people:
        for kind in draw(st.lists(st.sampled_from(["mobile", "real_name", "bank_card"]), unique=True)):
            p.add("user_verifications", user_id=who, verification_kind=kind, outcome="passed", verified_at=draw(instants(FIRST, 70)))
    for row in p.rows("loans"):
        if draw(st.booleans()):
            at, hours = draw(instants(FIRST, 70)), draw(st.integers(0, 90))
            given = {"borrower_id": row["borrower_id"], "product_id": row["product_id"], "amount": "1.00", "decision": "approved"}
            p.add("loan_applications", applied_at=at, decided_at=at + timedelta(hours=hours), **given)
            given = {"user_id": row["borrower_id"], "loan_id": draw(st.sampled_from([None, row["loan_id"]])), "credit_grade": "A"}
            p.add("credit_assessments", expected_default_rate=draw(st.sampled_from(["0.01", "0.2", None])), assessed_at=at, **given)
    return p
