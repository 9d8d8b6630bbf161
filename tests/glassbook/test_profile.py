"""The platform profile: what held when, what changed, and mistakes that are named with file and line."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from glassbook.commands.profile import profile as command
from glassbook.errors import InputError
from glassbook.profile import changes, entries_as_of, load_profile
from glassbook.profile.history import all_entries
from glassbook.profile.schema import schema_path, schema_text
from glassbook.regimes import known_regimes
from reports.regimes.cn.credit_code import is_credit_code
from simulator.plan import Plan
from simulator.profile import write_profile

START = date(2018, 1, 1)


def simulated(folder: Path, end: date = date(2019, 12, 31)) -> Path:
    """The simulator's profile as known on `end`."""
    return write_profile(folder, Plan(loans=1, seed=1, start=START, end=end, has_anomalies=True))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The profile that `init` writes."""
    file = tmp_path / "profile.yml"
    assert CliRunner().invoke(command, ["init", "--file", str(file)]).exit_code == 0
    return file


def replaced(path: Path, old: str, new: str) -> str:
    """What loading says after one text was replaced by another."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_profile(path)
    return caught.value.found


def line_of(path: Path, text: str) -> int:
    """The first line that contains `text`, from 1."""
    return path.read_text(encoding="utf-8").split(text)[0].count("\n") + 1


def test_the_profile_to_fill_in_is_right_and_never_overwritten(path: Path) -> None:
    content = path.read_bytes()
    assert load_profile(path).registration[0].registered_capital == Decimal(50_000_000)
    refused = CliRunner().invoke(command, ["init", "--file", str(path)])
    assert isinstance(refused.exception, InputError) and path.read_bytes() == content


@pytest.mark.parametrize("regime", known_regimes())
def test_the_schema_for_editors_is_that_of_the_records(regime: str) -> None:
    assert schema_path(regime).read_text(encoding="utf-8") == schema_text(regime)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('share_rate: "1.00"', "share_rate: 0.3", "in quotes"),
        ('share_rate: "1.00"', 'share_rate: "0.04"', "5 %"),
        ("staff_count: 10", "staf_count: 10", "no such field"),
        ("    full_name: 公司全称\n", "", "full_name: is missing"),
        ("valid_from: 2018-01-15", "valid_from: 2018-02-30", "icp_filing.0.valid_from"),
        ("unified_social_credit_code: 9", "unified_social_credit_code: 8", "check character"),
        ("profile_version: 1", "profile_version: 2", "profile_version"),
        ("profile_version: 1", "profile_version: 1\nprofile_version: 1", "stands twice"),
        ("profile_version: 1", "profile_version: [1", "expected"),
        ("\nfees:", "\nfees: {}\nother:", "fees"),
    ],
)
def test_a_mistake_is_named_with_its_line(path: Path, old: str, new: str, told: str) -> None:
    found = replaced(path, old, new)
    assert told in found and f"{path}:" in found


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)), "more than 100,000 values"),
        ("registration: &a [*a]", "within one another"),
        ("[" * 1000, "nested too deeply"),
    ],
)
def test_a_profile_that_would_fill_the_memory_is_refused(tmp_path: Path, content: str, told: str) -> None:
    """It may be from a package, from anywhere."""
    (tmp_path / "profile.yml").write_text(content)
    with pytest.raises(InputError, match=told):
        load_profile(tmp_path / "profile.yml")


def test_the_line_is_the_right_one(path: Path) -> None:
    line = line_of(path, "staff_count: 10")
    assert f"profile.yml:{line}: organisation.0.staff_count" in replaced(path, "staff_count: 10", "staff_count: none")


def test_entries_that_hold_on_the_same_day_are_refused(path: Path) -> None:
    one = "  - {valid_from: 2018-01-15, disclosed_on: 2018-01-22, number: ICP备案号, site: www.example.com, recorded_on: 2018-01-15}\n"
    assert "does not follow" in replaced(path, one, one + one)


def test_an_attachment_with_other_content_is_found(tmp_path: Path) -> None:
    path = simulated(tmp_path)
    attachment = next((path.parent / "attachments").glob("2018*审计*"))
    attachment.write_text("something else", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_profile(path)
    digest = hashlib.sha256(b"something else").hexdigest()
    assert digest in caught.value.found and "audit_reports.1.attachment" in caught.value.found
    attachment.unlink()
    with pytest.raises(InputError, match="there is no file"):
        load_profile(path)


def test_what_held_on_a_day(tmp_path: Path) -> None:
    profile = load_profile(simulated(tmp_path))
    assert [entry.key for entry in entries_as_of(profile, "officers", date(2018, 6, 29))].count("zhao-wei") == 1
    on_the_day = [entry.key for entry in entries_as_of(profile, "officers", date(2018, 6, 30))]
    assert "zhao-wei" not in on_the_day and "sun-ming" in on_the_day
    (before,) = entries_as_of(profile, "registration", date(2019, 2, 24))
    (after,) = entries_as_of(profile, "registration", date(2019, 2, 25))
    assert (before.record.paid_in_capital, after.record.paid_in_capital) == (30_000_000, 50_000_000)  # type: ignore[union-attr]
    assert entries_as_of(profile, "registration", date(2010, 1, 1)) == []


def test_every_change_is_told_once(tmp_path: Path) -> None:
    profile = load_profile(simulated(tmp_path))
    found = {(c.what, c.change_kind, c.changed_on): c for c in changes(profile)}
    assert found["registration", "changed", date(2019, 2, 25)].fields == ("paid_in_capital",)
    ended = found["officers.zhao-wei", "ended", date(2018, 6, 30)]
    assert ended.disclosed_on == date(2018, 7, 7)
    assert len(found) == len(changes(profile)), "no change is told twice"
    begun = [entry for entry in all_entries(profile) if not entry.section.endswith("_reports")]
    assert len([c for c in found.values() if c.change_kind != "ended"]) == len(begun)
    assert all(c.changed_on <= date(2018, 6, 30) for c in changes(profile, date(2018, 6, 30)))


def test_a_later_simulation_extends_the_same_profile(tmp_path: Path) -> None:
    early, late = (
        yaml.safe_load(simulated(tmp_path / str(end), end).read_text("utf-8")) for end in (date(2018, 12, 31), date(2019, 12, 31))
    )
    assert early["registration"] == late["registration"][:1]
    assert [r["year"] for r in early["audit_reports"]] == [2017] and [r["year"] for r in late["audit_reports"]] == [2017, 2018]
    load_profile(simulated(tmp_path / "first", START))


def test_credit_codes() -> None:
    assert is_credit_code("91350100M000100Y43"), "the example of GB 32100-2015"
    assert not is_credit_code("91350100M000100Y44") and not is_credit_code("91350100M000100Y4")


def test_the_commands_show_and_check(tmp_path: Path) -> None:
    file = str(simulated(tmp_path))
    run = CliRunner()
    assert "all in order" in run.invoke(command, ["check", "--file", file]).output
    shown = run.invoke(command, ["show", "--file", file, "--as-of", "2019-12-31"]).output
    assert "存管银行（模拟）" in shown and "赵薇薇" not in shown
    assert "officers.zhao-wei" in run.invoke(command, ["show", "--file", file, "--as-of", "2019-12-31", "--history"]).output
    assert '"sections"' in run.invoke(command, ["show", "--file", file, "--as-of", "2019-12-31", "--format", "json"]).output
