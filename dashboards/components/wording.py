"""The texts that pages show for codes of the contract and of marts, in both languages.

Belongs here: lists of codes with their texts, and the fallback for unknown codes. Does not: texts of one country (the regime's `codes`),
texts of figures (the catalogue), or how anything looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from glassbook.catalogue import MONEY
from glassbook.catalogue.guide import load_words
from glassbook.settings import load_settings
from reports.present.units import unit_zh


class Words(NamedTuple):
    """The same text in both languages; the second is empty where it is not needed."""

    zh: str
    en: str = ""

    def __str__(self) -> str:
        """On one line, for lists to choose from."""
        return f"{self.zh} {self.en}".strip()


CHANNELS = {
    "all": Words("全部", "all"), "referral_programme": Words("邀请", "referral programme"), "email": Words("邮件", "e-mail"),
    "sms": Words("短信", "text message"), "push": Words("推送", "push message"), "paid_search": Words("付费搜索", "paid search"),
    "display": Words("展示广告", "display"), "alliance": Words("网盟", "alliance"), "points": Words("积分", "points"),
    "video": Words("视频", "video"), "soft_article": Words("软文", "soft article"), "portal_news": Words("门户新闻", "portal news"),
    "organic_search": Words("自然搜索", "organic search"), "social": Words("社交", "social"), "directory": Words("导航站", "directory"),
    "ai_assistant": Words("智能助手", "AI assistant"), "referral": Words("外部链接", "referral"),
    "unassigned": Words("未归类", "unassigned"), "direct": Words("直接访问", "direct"), "unknown": Words("未知", "unknown"),
    "none": Words("无触点", "no touch"),
}  # fmt: skip
CAMPAIGNS = {"all": Words("全部", "all"), "none": Words("无活动", "no campaign"), "unassigned": Words("未登记活动", "not registered")}
DEVICES = {
    "desktop": Words("电脑", "desktop"), "mobile_web": Words("手机网页", "mobile web"), "ios": Words("苹果应用", "iOS"),
    "android": Words("安卓应用", "Android"),
}  # fmt: skip
COSTS = {"marketing": Words("营销费用", "marketing"), "reward": Words("奖励", "reward"), "commission": Words("佣金", "commission")}
ACTIONS = {
    "sms": Words("短信", "text message"), "phone": Words("电话", "phone call"), "letter": Words("信函", "letter"),
    "visit": Words("上门", "visit"), "agency": Words("委外", "agency"), "legal": Words("诉讼", "legal action"), "all": Words("合计", "all"),
}  # fmt: skip
# Bands of days past due.
BUCKETS = {
    "current": Words("未逾期", "current"), "days_1_30": Words("1–30 天", "1–30 days"), "days_31_60": Words("31–60 天", "31–60 days"),
    "days_61_90": Words("61–90 天", "61–90 days"), "days_91_180": Words("91–180 天", "91–180 days"),
    "over_180": Words("180 天以上", "over 180 days"), "lost": Words("已核销", "written off"), "repaid": Words("已还清", "repaid"),
    "realised": Words("已实现", "realised"), "all": Words("合计", "all"),
}  # fmt: skip
_NEITHER = {"none": Words("无", "none"), "unknown": Words("未知", "unknown"), "all": Words("全部", "all")}
_SEGMENTS: dict[str, dict[str, Words]] = {
    "channel": CHANNELS,
    "campaign": CAMPAIGNS,
    "device": DEVICES,
    "operating_mode": {
        "c2c": Words("个人对个人", "C2C"), "b2c": Words("机构对个人", "B2C"), "p2c": Words("个人对企业", "P2C"),
        "p2b": Words("个人对机构", "P2B"), "claim_assignment": Words("债权转让", "claim assignment"),
    },
    "security": {
        "credit": Words("信用", "unsecured"), "house_mortgage": Words("房产抵押", "house mortgage"),
        "vehicle_mortgage": Words("车辆抵押", "vehicle mortgage"), "vehicle_pledge": Words("车辆质押", "vehicle pledge"),
        "goods_pledge": Words("货物质押", "goods pledge"), "third_party_guarantee": Words("第三方担保", "third-party guarantee"),
        "net_asset": Words("净值", "net asset"),
    },
    "repayment_method": {
        "equal_instalment": Words("等额本息", "equal instalments"), "equal_principal": Words("等额本金", "equal principal"),
        "interest_first": Words("先息后本", "interest first"), "bullet": Words("到期还本付息", "bullet"),
    },
}  # fmt: skip


def worded(code: str, words: Mapping[str, Words]) -> Words:
    """The texts of a code; the code itself where it has none."""
    return words.get(code) or Words(code)


def segment_kind(kind: str) -> Words:
    """The guide's name for a kind of segment."""
    words = {"campaign": Words("活动", "campaign"), "device": Words("设备", "device"), "landing_page": Words("落地页", "landing page")}
    said = load_words().segments.get(kind)
    return Words(said.zh, said.en) if said else worded(kind, words)


def segment(kind: str, name: str, own: Mapping[str, Words]) -> Words:
    """The name of one segment; `own` are the platform's names of this kind, or the regime's names of its country's codes."""
    return own.get(name) or _SEGMENTS.get(kind, {}).get(name) or worded(name, _NEITHER)


@cache
def _currency() -> str:
    return load_settings().currency


def is_money(code: str) -> bool:
    """Whether a unit is one of amounts: the catalogue's word for money, or the currency that a snapshot has instead."""
    return code in (MONEY, _currency())


def in_currency(zh: str, en: str) -> Words:
    """A text in both languages, with `¤` replaced by the platform's currency."""
    return Words(zh.replace("¤", unit_zh(_currency())), en.replace("¤", _currency()))


def unit(code: str) -> Words:
    """A unit as shown beside a value: money is in tens of thousands of the platform's currency."""
    if is_money(code):
        return in_currency("万¤", "¤ 10,000")
    said = load_words().units.get(code)
    return Words(said.zh, said.en) if said and code != "%" else Words(code)


# Units of counts, which an English name already includes.
_COUNTED = ("loans", "persons", "listings", "applications", "transfers", "complaints")


def with_unit(zh: str, en: str, code: str) -> Words:
    """A figure's name with the unit of its values."""
    beside = unit(code)
    return Words(f"{zh}（{beside.zh}）", en if code in _COUNTED else f"{en}, {beside.en or beside.zh}")
