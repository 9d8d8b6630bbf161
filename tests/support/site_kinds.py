"""The kinds of pages of a published site, found in its folder: each single page, and a few of many similar ones.

Belongs here: choosing. Does not: opening them.
"""

from __future__ import annotations

import json
from pathlib import Path


def page_kinds(site: Path, language: str = "zh") -> dict[str, str]:
    """Per kind the path of its page within the folder of a language: every single page; of a folder its list and three more.

    Those three are the first by name, the last, and the longest page, by its length in Chinese: the same page in each language.
    """
    root = site / language

    def length(page: Path) -> int:
        return (site / "zh" / page.relative_to(root)).stat().st_size

    found = {path.stem: path.name for path in sorted(root.glob("*.html"))}
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        pages = sorted(folder.rglob("*.html"))
        alike = [page for page in pages if page.name != "index.html"]
        named = {f"{folder.name}/": page for page in pages if page == folder / "index.html"}
        if alike:
            named |= {f"{folder.name}/longest": max(alike, key=length)}
            named |= {f"{folder.name}/first": alike[0], f"{folder.name}/last": alike[-1]}
        by_page = {page: kind for kind, page in named.items()}
        found |= {kind: str(page.relative_to(root)) for page, kind in by_page.items()}
    return found


def expected_rows(site: Path, path: str) -> int:
    """How many table rows a page must show, according to its data files; none for pages of text."""
    data = site / "data"
    place = Path(path)
    if place.parts[0] == "figures" and place.stem != "index":
        if not any((data / "figures").glob("*.json")):
            # Before the first loan no figure has a value.
            return 0
        return len(json.loads((data / "figures" / f"{place.stem}.json").read_text(encoding="utf-8"))["values"])
    if place.parts[0] == "months" and place.stem != "index":
        return len(json.loads((data / "months" / f"{place.stem}.json").read_text(encoding="utf-8"))["figures"])
    if path == "months/index.html":
        return len(list((data / "months").glob("*.json")))
    if path == "figures/index.html":
        return len(list((data / "figures").glob("*.json")))
    if path == "projects/index.html" and (data / "projects-index.json").exists():
        return min(200, len(json.loads((data / "projects-index.json").read_text(encoding="utf-8"))["rows"]))
    return 0
