"""docs/architecture.md answers where things go: its paths exist, and the walk of a repayment goes in one direction."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
CODE = re.compile(r"`([^`]+)`")
TEXTS = {".py", ".sql", ".yml", ".csv", ".toml"}


def part(title: str) -> list[list[str]]:
    """The cells of each line of the table under a heading."""
    text = DOCUMENT.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ")]
    return [line for line in lines[1:] if not line[0].startswith("---")]


def texts(place: Path) -> str:
    """The text of a file, or of all files of a folder."""
    files = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.suffix in TEXTS)
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_each_answer_is_a_place_that_holds_what_is_asked() -> None:
    answers = part("Where do I …")
    assert len(answers) >= 12
    for question, go_to, there in answers:
        paths = [ROOT / path for path in CODE.findall(go_to) if "/" in path]
        assert paths, question
        assert [path for path in paths if not path.exists()] == [], question
        (word,) = CODE.findall(there)
        assert word in texts(paths[0]), (question, word)


def test_every_path_of_where_what_is_decided_is_there() -> None:
    paths = [path for line in part("Where what is decided") for path in CODE.findall(line[1]) if "/" in path and "<" not in path]
    assert len(paths) > 8
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_walk_of_a_repayment_goes_from_file_to_file_and_never_back_up() -> None:
    stops = [ROOT / CODE.findall(line[1])[0] for line in part("The walk of one repayment")]
    assert len(stops) > 15 and all(stop.is_file() for stop in stops)
    models = [stop for stop in stops if stop.suffix == ".sql"]
    assert models[0].stem == "stg_repayments" and models[-1].stem == "rpt_cn_figures"
    for place, model in enumerate(models):
        text = model.read_text(encoding="utf-8")
        if place:
            assert re.search(rf"\b{models[place - 1].stem}\b", text), (model.stem, "reads", models[place - 1].stem)
        later = {stop.stem for stop in models[place + 1 :]}
        assert not later & set(re.findall(r"\w+", text)), (model.stem, "reads what comes later")
    # Packages in the order in which the data passes them; the build starts the models and publishes what they made.
    passed = [stop.relative_to(ROOT).parts[0] for stop in stops]
    entered = [name for place, name in enumerate(passed) if place == 0 or passed[place - 1] != name]
    assert entered == ["ingestion", "glassbook", "warehouse", "dbt_project", "warehouse", "reports"]
