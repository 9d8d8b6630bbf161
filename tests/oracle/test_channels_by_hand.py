"""The independent calculation of channels, on sessions whose channel a person has determined. No warehouse is used here."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from tests.oracle.marketing_channels import address, campaigns_by_code, plain, visit_of

OWN = ("our-platform.example", "cashier.alipay.com")
CAMPAIGNS = campaigns_by_code(
    [
        {"campaign_id": 1, "code": "Spring", "campaign_kind": "soft_article"},
        {"campaign_id": 2, "code": "SPRING ", "campaign_kind": "soft_article"},
        {"campaign_id": 3, "code": "road-show", "campaign_kind": "event"},
        {"campaign_id": 4, "code": "nav_07", "campaign_kind": "directory"},
    ]
)
TAGGED = {
    "source": "utm_source",
    "medium": "utm_medium",
    "campaign": "utm_campaign",
    "term": "utm_term",
    "code": "invitation_code",
    "at": "landing_path",
    "from_": "referrer_url",
}


def session(**given: str | None) -> dict[str, Any]:
    """A session row of what a case gives."""
    row: dict[str, Any] = dict.fromkeys(
        ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "invitation_code", "referrer_url")
    )
    return row | {"landing_path": "/"} | {TAGGED[name]: value for name, value in given.items()}


def channel(**given: str | None) -> str:
    return visit_of(session(**given), CAMPAIGNS, OWN).channel


CASES: dict[str, list[dict[str, str]]] = {
    "referral_programme": [{"code": "INV7"}, {"code": "INV7", "medium": "cpc"}, {"code": "a", "from_": "https://www.baidu.com/s?wd=x"}],
    "email": [
        {"medium": "e-mail", "source": "nl"},
        {"medium": "EDM"},
        {"from_": "https://mail.qq.com/cgi-bin/x"},
        {"from_": "android-app://com.google.android.gm/"},
    ],
    "sms": [{"medium": "SMS"}, {"at": "/?utm_medium=s_m-s"}],
    "push": [{"medium": "push", "from_": "https://weibo.com/"}],
    "paid_search": [
        {"source": "baidu", "medium": " CPC "},
        {"source": "baidu", "medium": "paid-search"},
        {"source": "google", "medium": "paidsearch"},
        {"at": "/?BD_VID=9"},
        {"at": "/?x=1&amp;bd_vid=77"},
        {"at": "/?utm_source=baidu&utm_medium=cpc"},
        {"at": "/landing?gclid=a", "from_": "https://www.google.com/"},
        {"at": "/#/register?bd_vid=5"},
        {"medium": "%63pc"},
    ],
    "display": [
        {"source": "baidu", "medium": "feed"},
        {"at": "/?gdt_vid=abc"},
        {"at": "/?clickid=abc"},
        {"source": "x", "medium": "Banner"},
    ],
    "alliance": [{"medium": "cps", "source": "wangmeng"}, {"medium": "C P A"}],
    "points": [{"medium": "points"}],
    "video": [{"medium": "video", "from_": "https://v.qq.com/x/1"}],
    "soft_article": [
        {"campaign": "spring"},
        {"campaign": "SPRING%20"},
        {"source": "zhihu", "campaign": "sp_ring", "from_": "https://www.zhihu.com/p/2"},
    ],
    "portal_news": [{"medium": "portal_news", "from_": "https://finance.sina.com.cn/"}],
    "organic_search": [
        {"at": "/#utm", "from_": "https://m.baidu.com/from=844b/s?word=%E7%90%86%E8%B4%A2"},
        {"from_": "https://wap.sogou.com/web/searchList.jsp?keyword=p2p"},
        {"from_": "www.baidu.com/s?wd=x"},
        {"from_": "//www.baidu.com/s?wd=x"},
        {"at": "/?bd_vid=", "from_": "https://www.baidu.com/link?url=x"},
        {"from_": "https://cn.search.yahoo.com/search?p=abc"},
        {"from_": "https://quark.sm.cn/s?q=abc"},
        {"from_": "HTTPS://WWW.BAIDU.COM/S?WD=P2P"},
        {"from_": "https://www.google.com.hk/"},
        {"from_": "https://www.google.de:443/search?q=kredit"},
        {"from_": "https://baidu.com"},
        {"from_": "https://image.baidu.com/search/index?word=x"},
        {"from_": "https://map.baidu.com/"},
        {"from_": "https://so.toutiao.com/search?keyword=x"},
        {"from_": "android-app://com.baidu.searchbox"},
        {"code": "NULL", "from_": "https://www.so.com/s?q=x"},
        {"source": "newsletter", "from_": "https://cn.bing.com/search?q=x"},
    ],
    "social": [
        {"at": "/?a=1", "source": "wechat", "medium": "social"},
        {"from_": "http://t.cn/EXyz"},
        {"from_": "android-app://com.tencent.mm/"},
        {"from_": "https://servicewechat.com/wx1234567890/12/page-frame.html"},
        {"from_": "https://tieba.baidu.com/f?kw=p2p"},
        {"from_": "https://mp.weixin.qq.com/s/AbC"},
        {"from_": "https://www.zhihu.com/question/1"},
    ],
    "directory": [
        {"from_": "https://www.hao123.com/"},
        {"from_": "http://hao.360.cn"},
        {"campaign": "NAV 07"},
        {"medium": "referral", "from_": "https://www.2345.com/"},
    ],
    "ai_assistant": [
        {"from_": "https://chatgpt.com/"},
        {"from_": "https://yiyan.baidu.com/?q=x"},
        {"source": "chatgpt.com"},
        {"from_": "https://kimi.moonshot.cn/chat/1"},
    ],
    "referral": [
        {"from_": "https://www.baidu.com.evil.example/s?wd=x"},
        {"from_": "https://www.baidu.com@evil.example/"},
        {"from_": "https://百度.example/"},
        {"from_": "https://xn--fiqs8s.example/"},
        {"from_": "https://www.toutiao.com/article/1"},
        {"from_": "https://wenku.baidu.com/search?word=x"},
        {"from_": "http://10.20.30.40/portal"},
        {"from_": "http://[2001:db8::1]:8080/x"},
        {"from_": "https://notbaidu.com/s?wd=x"},
        {"from_": "https://not-our-platform.example/"},
        {"source": "newsletter", "from_": "https://bbs.example/"},
    ],
    "unassigned": [
        {"source": "newsletter"},
        {"source": "roadshow", "medium": "offline", "campaign": "ROAD_SHOW"},
        {"at": "/?utm_campaign=x"},
    ],
    "direct": [
        {},
        {"from_": "https://www.our-platform.example/invest"},
        {"from_": "https://cashier.alipay.com/x"},
        {"from_": "::::"},
        {"from_": "http://%zz bad url"},
        {"from_": ""},
        {"code": "(NULL)"},
        {"code": "\\N", "source": "null", "medium": "None"},
        {"code": "0"},
    ],
}


@pytest.mark.parametrize("expected", CASES)
def test_the_channel_that_a_person_tells(expected: str) -> None:
    assert CASES[expected]
    told: dict[str, list[dict[str, str]]] = defaultdict(list)
    for case in CASES[expected]:
        told[channel(**case)].append(case)
    assert told == {expected: CASES[expected]}


def test_engine_and_keyword_are_read_in_both_encodings() -> None:
    # 贷款 in GB 18030 and 理财 in UTF-8.
    found = visit_of(session(from_="https://www.baidu.com/s?wd=%B4%FB%BF%EE"), {}, OWN)
    assert (found.engine, found.keyword) == ("baidu", "贷款")
    found = visit_of(session(from_="https://m.baidu.com/s?word=%E7%90%86%E8%B4%A2+p2p"), {}, OWN)
    assert (found.engine, found.keyword) == ("baidu", "理财 p2p")
    found = visit_of(session(from_="https://www.google.com.hk/"), {}, OWN)
    assert (found.engine, found.keyword) == ("google", None)
    # What was bought, from the tag.
    found = visit_of(session(source="baidu", medium="cpc", term="网贷"), {}, OWN)
    assert (found.channel, found.keyword) == ("paid_search", "网贷")


def test_campaigns_of_one_code_are_the_one_with_the_lowest_id() -> None:
    assert visit_of(session(campaign="S-P-R-I-N-G"), CAMPAIGNS, OWN).campaign_id == 1
    assert visit_of(session(campaign="autumn"), CAMPAIGNS, OWN).campaign_id == 0


def test_landing_page_click_id_and_tags() -> None:
    found = visit_of(session(at="https://our-platform.example/landing/a?clickid=9&utm_source=x#top"), {}, OWN)
    assert (found.landing_page, found.click_id, found.tags) == ("/landing/a", "clickid", (("source", "x"),))
    assert visit_of(session(at="?x"), {}, OWN).landing_page == "/"


def test_nothing_raises() -> None:
    for text in (
        "http://",
        "https://@",
        "//",
        "%",
        "\\\\a\\b",
        "http://[::1",
        "a" * 4000,
        "\u0000",
        "http://a b/",
        "javascript:void(0)",
        "http://.",
    ):
        assert channel(from_=text) in CASES
        assert channel(at=text) in CASES
        address(text)
    assert plain(None) == ""
