"""Old words for which engineers do not search (docs/glossary.md, plain words) are written nowhere."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOUNS = "row|line|loan|day|month|person|table|file|engine|figure|form|record|sheet|query|test|key|value|module|entry|folder|build"
# Those alone that cannot mean anything else.
OLD = re.compile(rf"(?i)\b(?:anew|mend(?:s|ed|ing)?|lest|thereof|whence|held against|(?:a|one) (?:{NOUNS}) an? [a-z]+)\b")
# The list itself names them; what was published says what it said.
UNREAD = {"LICENSE", "docs/glossary.md", "CHANGELOG.md", "tests/structure/test_plain_words.py"}
READ = {".py", ".md", ".sql", ".yml", ".toml", ".j2", ""}


def test_old_words_are_gone() -> None:
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    names = [name for name in names if Path(name).suffix in READ and name not in UNREAD and (ROOT / name).is_file()]
    assert len(names) > 500
    found = []
    for name in names:
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            found += [f"{name}:{number}: {match[0]}" for match in OLD.finditer(line)]
    assert not found, "\n".join(found)
