"""What leaves the home is made only from a snapshot whose bytes are those that were published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from glassbook.errors import InputError
from glassbook.settings import Settings
from glassbook.snapshots import DATABASE, PUBLIC_DATABASE, current_snapshot
from reports.figures.reading import read_figures
from reports.filing.acts.acts import check_filing, open_filing, supersede_filing
from reports.filing.acts.writing import write_filing
from reports.filing.declare.regime import load_regime
from reports.restating.sides import read_filed, side_of_package
from reports.restating.superseding import explains_since
from reports.site.publishing import publish_site
from tests.support import homes
from tests.support.built import LAST

PERIOD = f"{LAST:%Y-%m}"
FILING = f"cn-{PERIOD}"


@pytest.fixture
def home(small_home: Settings, tmp_path: Path) -> Settings:
    """A home with an opened filing, of which a test may change the snapshot."""
    home = homes.copied(small_home, tmp_path / "home")
    open_filing(home, FILING, "li.na")
    return home


def doubled(path: Path) -> None:
    """Changes one figure, as a person with the rights to do so might."""
    path.chmod(0o600)
    with duckdb.connect(str(path)) as connection:
        changed = connection.execute("update rpt_cn_figures set value = value * 2 where code = 'CN-A03' and value > 0").fetchone()
    assert changed is not None and changed[0] > 0


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_is_filed_from_a_snapshot_that_was_changed(home: Settings, tmp_path: Path) -> None:
    snapshot = current_snapshot(home)
    written = write_filing(home, "cn", PERIOD, tmp_path / "before").folder
    doubled(snapshot.database)
    kept = files_of(home.filings_dir)
    acts: list[Callable[[], object]] = [
        lambda: check_filing(home, FILING, "li.na"),
        lambda: open_filing(home, "cn-2019-02", "li.na"),
        lambda: write_filing(home, "cn", PERIOD, tmp_path / "package"),
        lambda: write_filing(home, "cn", PERIOD, tmp_path / "package", supersedes=written),
        # The version that is replaced is read from its snapshot.
        lambda: explains_since(side_of_package(home, read_filed(written))),
    ]
    for act in acts:
        with pytest.raises(InputError, match=f"{DATABASE}.*was changed.*Run `glassbook build`") as caught:
            act()
        assert caught.value.where == str(snapshot.database)
    assert files_of(home.filings_dir) == kept and not (tmp_path / "package").exists()
    # A person may look at it: the figures are read as they are.
    assert read_figures(snapshot, load_regime("cn"), LAST).by_code()["CN-A03"]


def test_nothing_is_published_from_a_public_file_that_was_changed(home: Settings, tmp_path: Path) -> None:
    snapshot = current_snapshot(home)
    doubled(snapshot.public_database)
    with pytest.raises(InputError, match=f"{PUBLIC_DATABASE}.*was changed.*Run `glassbook build`"):
        publish_site(home, tmp_path / "site")
    assert not (tmp_path / "site").exists()
    # What is filed comes from the other file.
    assert not check_filing(home, FILING, "li.na").is_new


def test_the_next_version_is_not_made_from_it_either(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from reports.filing.acts import acts

    monkeypatch.setattr(acts, "_allowed", lambda *_: "draft")
    doubled(current_snapshot(home).database)
    with pytest.raises(InputError, match="was changed"):
        supersede_filing(home, FILING, "Form A is not legible.", "li.na")
