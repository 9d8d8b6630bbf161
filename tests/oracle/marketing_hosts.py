"""Hosts and tags that determine a visit's channel: this oracle's own list, independent of the warehouse's.

Belongs here: names. Does not: the order of the rules (`marketing_channels`). A host means itself and all its subdomains. Tags and
names are as `plain` returns them: without case, blanks, hyphens and underscores.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Engine:
    """A search engine: hosts that are its search for any path, domains whose hosts are when there is a query, and where the query is."""

    name: str
    searching: tuple[str, ...]
    domains: tuple[str, ...]
    keys: tuple[str, ...]


ENGINES = (
    Engine(
        "baidu", ("www.baidu.com", "m.baidu.com", "wap.baidu.com", "image.baidu.com", "map.baidu.com"), ("baidu.com",), ("wd", "word", "kw")
    ),
    Engine("sogou", ("www.sogou.com", "m.sogou.com", "wap.sogou.com", "pic.sogou.com"), ("sogou.com",), ("query", "keyword")),
    Engine("so360", ("www.so.com", "m.so.com", "image.so.com", "haosou.com"), ("so.com",), ("q",)),
    Engine("shenma", ("m.sm.cn", "so.m.sm.cn", "quark.sm.cn"), ("sm.cn",), ("q",)),
    Engine("toutiao", ("so.toutiao.com",), ("toutiao.com",), ("keyword",)),
    Engine("bing", ("www.bing.com", "cn.bing.com"), ("bing.com",), ("q",)),
    Engine("yahoo", ("search.yahoo.com", "search.yahoo.co.jp"), ("yahoo.com", "yahoo.co.jp"), ("p",)),
    Engine("duckduckgo", ("duckduckgo.com",), ("duckduckgo.com",), ("q",)),
    Engine("yandex", ("yandex.ru", "yandex.com"), ("yandex.ru", "yandex.com"), ("text",)),
    Engine("naver", ("search.naver.com",), ("naver.com",), ("query",)),
    Engine("ecosia", ("ecosia.org",), ("ecosia.org",), ("q",)),
    Engine("chinaso", ("www.chinaso.com",), ("chinaso.com",), ("q",)),
    Engine("youdao", ("www.youdao.com",), ("youdao.com",), ("q",)),
    Engine("soso", ("www.soso.com",), ("soso.com",), ("w", "query")),
)
# Any country's Google: the host without these prefixes is `google.` and one or two endings.
GOOGLE_BEGINNINGS = ("www.", "images.", "maps.", "m.", "")
GOOGLE_ENDING = r"google\.[a-z]{2,3}(\.[a-z]{2})?"
# Hosts of an engine that are something else, with a query or without.
NOT_SEARCH = (
    "tieba.baidu.com", "zhidao.baidu.com", "wenku.baidu.com", "baike.baidu.com", "pan.baidu.com", "jingyan.baidu.com",
    "passport.baidu.com", "yiyan.baidu.com", "chat.baidu.com", "union.baidu.com", "hao123.baidu.com", "mail.google.com",
    "docs.google.com", "drive.google.com", "accounts.google.com", "gemini.google.com", "bard.google.com", "mail.yahoo.com",
    "login.yahoo.com", "mail.naver.com", "mail.yandex.ru", "123.sogou.com", "hao.so.com", "copilot.bing.com", "note.youdao.com",
)  # fmt: skip

SOCIAL = (
    "weixin.qq.com", "wx.qq.com", "servicewechat.com", "qzone.qq.com", "im.qq.com", "c.pc.qq.com", "weibo.com", "weibo.cn", "t.cn",
    "zhihu.com", "douyin.com", "iesdouyin.com", "kuaishou.com", "xiaohongshu.com", "xhslink.com", "bilibili.com", "b23.tv",
    "tieba.baidu.com", "douban.com", "renren.com", "tianya.cn", "facebook.com", "fb.com", "fb.me", "instagram.com", "twitter.com",
    "x.com", "t.co", "linkedin.com", "lnkd.in", "youtube.com", "youtu.be", "reddit.com", "pinterest.com", "tumblr.com", "vk.com",
    "t.me", "telegram.org", "whatsapp.com", "wa.me", "line.me", "quora.com", "threads.net", "tiktok.com", "snapchat.com",
)  # fmt: skip
DIRECTORIES = (
    "hao123.com", "2345.com", "hao.360.com", "hao.360.cn", "hao.so.com", "hao.qq.com", "123.sogou.com", "hao.uc.cn", "1616.net",
    "114la.com", "265.com", "duba.com", "hao123.baidu.com",
)  # fmt: skip
ASSISTANTS = (
    "chatgpt.com", "chat.openai.com", "openai.com", "claude.ai", "perplexity.ai", "gemini.google.com", "bard.google.com",
    "copilot.microsoft.com", "copilot.bing.com", "poe.com", "you.com", "grok.com", "doubao.com", "kimi.com", "kimi.moonshot.cn",
    "kimi.ai", "yiyan.baidu.com", "chat.baidu.com", "tongyi.aliyun.com", "tongyi.com", "qianwen.com", "deepseek.com",
    "yuanbao.tencent.com", "chatglm.cn", "metaso.cn", "xinghuo.xfyun.cn", "hailuoai.com",
)  # fmt: skip
MAIL = (
    "mail.qq.com", "exmail.qq.com", "mail.163.com", "mail.126.com", "mail.139.com", "mail.189.cn", "mail.sina.com.cn",
    "mail.sohu.com", "mail.aliyun.com", "mail.google.com", "mail.yahoo.com", "outlook.live.com", "outlook.office.com",
    "outlook.office365.com", "mail.yandex.ru", "mail.naver.com",
)  # fmt: skip
# Package of an app that sends users, and the host of the lists above that it counts as.
APPS = {
    "com.tencent.mm": "weixin.qq.com",
    "com.tencent.mobileqq": "im.qq.com",
    "com.qzone": "qzone.qq.com",
    "com.sina.weibo": "weibo.com",
    "com.zhihu.android": "zhihu.com",
    "com.ss.android.ugc.aweme": "douyin.com",
    "com.smile.gifmaker": "kuaishou.com",
    "com.xingin.xhs": "xiaohongshu.com",
    "tv.danmaku.bili": "bilibili.com",
    "com.baidu.tieba": "tieba.baidu.com",
    "com.baidu.searchbox": "www.baidu.com",
    "com.google.android.googlequicksearchbox": "www.google.com",
    "com.google.android.gm": "mail.google.com",
    "com.tencent.androidqqmail": "mail.qq.com",
    "com.facebook.katana": "facebook.com",
    "com.twitter.android": "x.com",
    "com.openai.chatgpt": "chatgpt.com",
    "com.larus.nova": "doubao.com",
    "com.moonshot.kimichat": "kimi.com",
    "com.deepseek.chat": "deepseek.com",
}

MESSAGES = {"email": "email", "mail": "email", "edm": "email", "newsletter": "email", "sms": "sms", "text": "sms", "push": "push"}
PAID = {
    "paid_search": ("cpc", "ppc", "paidsearch", "sem"),
    "display": ("banner", "display", "cpm", "feed"),
    "alliance": ("affiliate", "alliance", "union", "cps", "cpa"),
    "points": ("points", "loyalty"),
    "video": ("video",),
    "soft_article": ("softarticle", "advertorial"),
    "portal_news": ("portalnews",),
}
CLICK_IDS = {
    "paid_search": ("gclid", "gbraid", "wbraid", "bd_vid", "msclkid", "qhclickid", "uctrackid"),
    "display": ("gdt_vid", "qz_gdt", "clickid", "dclid"),
}
SOCIAL_MEDIA = ("social", "socialmedia", "sns")
ORGANIC_MEDIA = ("organic", "seo", "organicsearch")
DIRECTORY_MEDIA = ("directory", "navigation")
REFERRAL_MEDIA = ("referral",)
# Kinds of campaigns that are a channel by themselves. Others (a bonus, a prize, an event) can run in any.
CAMPAIGN_CHANNELS = {
    "paid_search": "paid_search",
    "alliance_ad": "alliance",
    "points": "points",
    "video": "video",
    "soft_article": "soft_article",
    "portal_news": "portal_news",
    "email": "email",
    "sms": "sms",
    "directory": "directory",
}
# Names of sources that say the channel without a medium: assistants and social sites that tag their links by themselves.
SOCIAL_SOURCES = ("wechat", "weixin", "weibo", "zhihu", "douyin", "qzone", "facebook", "twitter", "xiaohongshu")
CHANNELS = (
    "referral_programme", "email", "sms", "push", "paid_search", "display", "alliance", "points", "video", "soft_article",
    "portal_news", "organic_search", "social", "directory", "ai_assistant", "referral", "unassigned", "direct",
)  # fmt: skip
