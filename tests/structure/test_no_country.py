"""General code names no country: everything about a regime is in folders and files named for it, and nowhere else.

Every file is read except tests and documents (*.md), which prove and explain by example, and the words of a language (*.po). A language is
general: what is said in Chinese, or about Chinese text, names no country.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from glassbook.regimes import known_regimes

ROOT = Path(__file__).resolve().parents[2]
# Words of each regime besides its name and codes: its country, authorities, law and registers.
WORDS = {
    "cn": (
        r"\bChina\b|中国|Chinese (?:platform|law|rule|regulat|regime|filing)|Shanghai|上海",
        r"\b(?:PBOC|CBIRC|CBRC|NIFA|ICP)\b|人民银行|银监|银保监|行业协会|公安机关",
        r"网络借贷|互联网金融|暂行办法|指引》|法释|GB/T|GB \d{5}",
        r"(?i)unified.social.credit|统一社会信用|20 ?万",
        r"(?i)\bCNY\b|\brenminbi\b|\bRMB\b|人民币|\byuan\b",
    )
}
# A name counts when no letter or digit is next to it: in codes (CN-A14), relations (rpt_cn_days) and country codes; not within hosts.
NAME = r"(?i)(?<![a-z0-9.]){name}(?![a-z0-9])(?!\.[a-z]+\.)"
UNREAD = ("tests/", "docs/")
UNREAD_KINDS = {".md", ".po", ".lock"}
# Exceptions where a regime may be named: files, the part of a line that may name it (any, if not given), and why.
ALLOWED = [
    ("simulator/**", None, "what it makes is the data of one platform, which is in some country"),
    ("dbt_project/dbt_project.yml", r"  regimes: .*", "the list of regimes whose models there are"),
    ("pyproject.toml", r'cn = "reports\.regimes\.cn"', "the list of regimes that are installed"),
    ("deploy/systemd/*.timer", r"OnCalendar=.*", "a unit reads no settings: it has the zone of the platform that it is delivered for"),
    ("reports/present/units.py", r'"CNY": "元"', "the Chinese word for a unit, which is of the language"),
    ("**/commands/*.py", r"Example: .*|^  glassbook .*|such as \w+", "help shows calls as they are typed, which name some regime"),
    (
        "reports/verifying/stand_alone/verify_filing.py",
        r"^    python3 verify_filing\.py .*",
        "the same, in a script that is handed on alone",
    ),
]


@cache
def general_ground() -> tuple[Path, ...]:
    """Every file of the repository, except those of a regime and those that are not read."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    names = [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]
    return tuple(Path(name) for name in names if not (name.startswith(UNREAD) or Path(name).suffix in UNREAD_KINDS or is_of_a_regime(name)))


def is_of_a_regime(name: str) -> bool:
    """Whether a folder on the way to the file, or the file itself, is named for a regime."""
    return any(regime in re.split(r"[._-]", part) for part in Path(name).parts for regime in known_regimes())


def named(text: str, allowed: str | None = None) -> Iterator[tuple[int, str]]:
    """Where a text names a regime: line from 1, and the word."""
    patterns = [NAME.format(name=regime) for regime in known_regimes()] + [word for regime in known_regimes() for word in WORDS[regime]]
    for number, line in enumerate(text.splitlines(), 1):
        read = re.sub(allowed, "", line) if allowed else line
        yield from ((number, found[0]) for pattern in patterns if (found := re.search(pattern, read)))


def text_of(path: Path) -> str | None:
    """Its text; None when it is not text, such as a picture."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def allowance(path: Path) -> tuple[bool, str | None]:
    """Whether the file is on the list, and what may name a regime in it."""
    for place, pattern, _ in ALLOWED:
        folder = place.removesuffix("/**")
        if path.as_posix().startswith(f"{folder}/") if folder != place else path.match(place):
            return True, pattern
    return False, None


def test_general_ground_names_no_country() -> None:
    assert len(general_ground()) > 600 and set(WORDS) == set(known_regimes())
    found = []
    for path in general_ground():
        is_allowed, pattern = allowance(path)
        text = text_of(path)
        if text is not None and not (is_allowed and pattern is None):
            found += [f"{path}:{line} says {word}" for line, word in named(text, pattern)]
    assert found == []


def test_no_place_of_general_ground_is_allowed_for_nothing() -> None:
    needed = {allowance(path) for path in general_ground() if (text := text_of(path)) is not None and any(named(text))}
    assert [place for place, pattern, _ in ALLOWED if (True, pattern) not in needed] == []


@pytest.mark.parametrize(
    "text",
    [
        "from {{ ref('rpt_cn_days') }}",
        'home_regime: str = "cn"',
        "the overdue amount (CN-A14)",
        'country: str = Field("CN")',
        "as China's rules ask",
        "《网络借贷信息中介机构业务活动管理暂行办法》",
        "unified_social_credit_code: str",
        "a natural person owes at most CNY 200,000",
        "cost of acquisition, CNY",
        'timezone = "Asia/Shanghai"',
        "code of the province (GB/T 2260)",
    ],
)
def test_a_country_is_found(text: str) -> None:
    assert next(named(f"first line\n{text}\n"))[0] == 2


@pytest.mark.parametrize(
    "text",
    ["mail.sina.cn,sina_mail", "https://cn.bing.com/search", "21cn_mail", "Definition in Chinese.", "the CNC machine", "万元", "gb18030"],
)
def test_a_host_and_a_language_are_no_country(text: str) -> None:
    assert list(named(text)) == []


def test_a_regime_has_what_is_named_for_it() -> None:
    assert all(
        is_of_a_regime(name) for name in ("a/cn/b.py", "a/checks_cn.yml", "seeds/cn_limits.csv", "topics/cn-operation.yml", "x/cn.yml")
    )
    assert not any(is_of_a_regime(name) for name in ("a/cnc/b.py", "a/checks.yml", "seeds/channel_rules.csv"))
