"""No period is filed that ended before the platform had a day."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassbook.errors import InputError
from glassbook.settings import Settings
from reports.filing.acts.acts import open_filing
from reports.filing.acts.writing import write_filing
from reports.filing.make.first_day import refuse_before_first_day
from tests.support import homes


def test_a_period_before_the_first_day_is_refused(small_home: Settings, tmp_path: Path) -> None:
    home = homes.copied(small_home, tmp_path / "home")
    for period in ("2015-06", "2017-12"):
        with pytest.raises(InputError) as opened:
            open_filing(home, f"cn-{period}", "li.na")
        with pytest.raises(InputError):
            write_filing(home, "cn", period, tmp_path / "package")
        assert f"the period {period}, which ended on" in opened.value.found and "first day" in opened.value.expected
    assert not (tmp_path / "package").exists()


def test_the_month_of_the_first_day_may_be_filed(small_home: Settings) -> None:
    refuse_before_first_day(small_home, "cn", "2018-01")
