"""A load made while the clock showed 2099: it is reported, and corrected without losing what was known when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from glassbook.errors import InputError
from glassbook.lake.loads import visible_loads
from glassbook.settings import Settings
from ingestion.loading.clock_correction import correct_clock
from ingestion.loading.load import ingest
from ingestion.loading.step import load
from reports.commands.doctor import doctor
from reports.figures.reading import read_figures
from reports.filing.declare.regime import load_regime
from tests.support import homes
from tests.support.lake import a_platform
from warehouse.build import run_build

FIRST, WRONG, NEXT = datetime(2019, 3, 1, 2, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC), datetime(2019, 3, 3, 2, tzinfo=UTC)
MADE = datetime(2019, 3, 2, 2, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """Three loads, of which the second was made under a wrong clock."""
    settings, p = homes.home(tmp_path / "home"), a_platform()
    for at, amount in ((FIRST, None), (WRONG, "9.00"), (NEXT, "8.00")):
        if amount:
            p.fee(amount, "2019-02-11 10:00", loan_id=1)
        ingest(homes.at(settings, at), p.write(tmp_path / amount if amount else tmp_path / "first"))
    return homes.at(settings, NEXT + timedelta(hours=1))


def known(settings: Settings, at: datetime | None = None) -> list[datetime]:
    return [load.loaded_at for load in visible_loads(settings, at)]


def test_it_is_told_and_corrected(home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert known(home)[1:] == [WRONG, WRONG + timedelta(microseconds=1)]
    monkeypatch.setenv("GLASSBOOK_HOME", str(home.home))
    monkeypatch.setenv("GLASSBOOK_CLOCK_NOW", "2019-03-03T03:00:00Z")
    told = CliRunner().invoke(doctor).output
    assert "load 2 is known at 2099-01-01" in told and "glassbook correct-clock --load 2" in told
    assert any("later than the clock shows" in note for note in load(home, source=str(tmp_path / "8.00")).metadata["notes"])

    correct_clock(home, 2, MADE, "Li Na", "the battery was empty")
    assert known(home)[:3] == [FIRST, MADE, NEXT]
    assert known(home, MADE) == [FIRST, MADE] and known(home, NEXT - timedelta(hours=1)) == [FIRST, MADE]
    assert "later than the clock" not in CliRunner().invoke(doctor).output
    p = a_platform()
    p.fee("7.00", "2019-02-12 10:00", loan_id=1)
    again = ingest(home, p.write(tmp_path / "7.00"))
    assert again.load_seq == 5 and known(home)[-1] <= NEXT + timedelta(hours=1, seconds=1)


def test_what_was_filed_in_between_is_made_again(home: Settings) -> None:
    """A filing cites the instant of its snapshot; a build of what was known then gives the same snapshot, by name and figures."""
    before = run_build(home, known_at=WRONG)
    figures = read_figures(before, load_regime("cn"), date(2019, 2, 10))
    correct_clock(home, 2, MADE, "Li Na", "the battery was empty")
    assert known(home, WRONG) == [FIRST, WRONG]
    after = run_build(home, known_at=WRONG, full=True)
    assert after.snapshot_id == before.snapshot_id and read_figures(after, load_regime("cn"), date(2019, 2, 10)) == figures
    assert run_build(home, known_at=MADE).known_at == MADE


@pytest.mark.parametrize(
    ("number", "at", "by", "found"),
    [
        (9, MADE, "Li Na", "no load 9"),
        (2, FIRST, "Li Na", "2019-03-01"),
        (2, datetime(2019, 4, 1, tzinfo=UTC), "Li Na", "2019-04-01"),
        (2, MADE, " ", "nothing"),
    ],
)
def test_what_cannot_be_is_refused(home: Settings, number: int, at: datetime, by: str, found: str) -> None:
    before = visible_loads(home)
    with pytest.raises(InputError, match=found):
        correct_clock(home, number, at, by, "why")
    assert visible_loads(home) == before
