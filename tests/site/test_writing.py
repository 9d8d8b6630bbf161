"""A publication upon another: what is the same is not written, what is no longer published still answers, what is damaged is made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassbook.errors import InputError
from reports.site.writing import write_site

LAST = ("index.html",)
FIRST = {"zh/months/2019-12.html": b"december", "zh/figures/A.html": b"one", "data/projects-2019-12.csv": b"old", "index.html": b"first"}


def test_an_address_of_the_last_publication_still_answers(tmp_path: Path) -> None:
    assert write_site(tmp_path, FIRST, LAST) == len(FIRST)
    later = {name: content for name, content in FIRST.items() if "2019-12" not in name} | {"zh/months/2020-01.html": b"january"}
    assert write_site(tmp_path, later, LAST) == 1
    found = {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    del found["publication.json"]
    assert found == FIRST | later
    # It is not forgotten either: published again with the same content, nothing is written.
    assert write_site(tmp_path, FIRST, LAST) == 0


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    write_site(tmp_path, FIRST, LAST)
    before = {name: (tmp_path / name).stat().st_ino for name in FIRST}
    assert write_site(tmp_path, FIRST | {"zh/figures/A.html": b"two"}, LAST) == 1
    after = {name: (tmp_path / name).stat().st_ino for name in FIRST}
    assert {name for name in FIRST if before[name] != after[name]} == {"zh/figures/A.html"}
    assert (tmp_path / "zh/figures/A.html").read_bytes() == b"two"


@pytest.mark.parametrize("damage", ["gone", "cut off", "another byte"])
def test_what_is_not_there_as_it_was_published_is_written_again(tmp_path: Path, damage: str) -> None:
    write_site(tmp_path, FIRST, LAST)
    page = tmp_path / "zh/figures/A.html"
    if damage == "gone":
        page.unlink()
    else:
        page.write_bytes(b"o" if damage == "cut off" else b"onE")
    assert write_site(tmp_path, FIRST, LAST) == 1
    assert page.read_bytes() == b"one"
    assert write_site(tmp_path, FIRST, LAST) == 0


def test_a_list_that_was_damaged_is_made_again(tmp_path: Path) -> None:
    write_site(tmp_path, FIRST, LAST)
    before = (tmp_path / "publication.json").read_bytes()
    (tmp_path / "publication.json").write_bytes(b"{")
    assert write_site(tmp_path, FIRST, LAST) == 0
    assert (tmp_path / "publication.json").read_bytes() == before and before.count(b"zh/") == 2


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site").touch()
    with pytest.raises(InputError, match="a file"):
        write_site(tmp_path / "site", FIRST, LAST)
