"""Settings: where they come from, in which order, and what a wrong one says."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from glassbook import regimes, setting_rules
from glassbook.errors import InputError
from glassbook.regimes import default_settings, known_regimes
from glassbook.settings import load_settings

pytestmark = pytest.mark.usefixtures("no_settings")


def test_defaults() -> None:
    settings = load_settings()
    assert settings.home == Path("glassbook-home")
    assert (settings.timezone, settings.country, settings.currency) == ("Asia/Shanghai", "CN", "CNY")
    assert settings.snapshots_dir == Path("glassbook-home/snapshots")


def test_a_platform_under_several_regimes_names_the_one_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    (here,) = known_regimes()
    monkeypatch.setattr(regimes, "known_regimes", lambda: (here, "there"))
    with pytest.raises(InputError, match="home_regime = nothing") as caught:
        load_settings()
    assert caught.value.expected.startswith("home_regime: ") and "timezone" not in caught.value.found
    monkeypatch.setenv("GLASSBOOK_HOME_REGIME", here)
    assert (load_settings().home_regime, load_settings().currency, load_settings().regimes) == (
        here,
        default_settings(here)["currency"],
        (),
    )


def test_the_regimes_of_a_platform_hold_the_one_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    (here,) = known_regimes()
    monkeypatch.setenv("GLASSBOOK_REGIMES", f'["{here}", "{here}"]')
    assert load_settings().regimes == (here,)
    monkeypatch.setattr(setting_rules, "known_regimes", lambda: (here, "there"))
    monkeypatch.setenv("GLASSBOOK_REGIMES", '["there"]')
    with pytest.raises(InputError, match=f"leaves out the home regime, {here}"):
        load_settings()


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("glassbook.toml").write_text('platform_name = "明灯"\nthreads = 1\n', encoding="utf-8")
    assert (load_settings().platform_name, load_settings().threads) == ("明灯", 1)
    monkeypatch.setenv("GLASSBOOK_THREADS", "4")
    assert (load_settings().platform_name, load_settings().threads) == ("明灯", 4)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timezone", "Asia/Nowhere"),
        ("timezone", ""),
        ("over_90_amount", "everything"),
        ("overdue_rate_base", "interest"),
        ("threads", "0"),
        ("threads", "many"),
        ("keep_snapshots", "0"),
        ("clock_now", "soon"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"GLASSBOOK_{name.upper()}", value)
    with pytest.raises(InputError) as caught:
        load_settings()
    assert name in caught.value.found
    assert "glassbook.toml" in caught.value.where


def test_a_setting_that_does_not_exist_is_refused() -> None:
    Path("glassbook.toml").write_text("time_zone = 'UTC'\n", encoding="utf-8")
    with pytest.raises(InputError, match="time_zone"):
        load_settings()


def test_several_wrong_settings_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBOOK_THREADS", "0")
    monkeypatch.setenv("GLASSBOOK_TIMEZONE", "Mars")
    with pytest.raises(InputError, match=r"timezone.*threads"):
        load_settings()


@pytest.mark.parametrize("content", [b"home = ", b"home = '\xff'", b"[home", b"delivery_targets = 7"])
def test_a_file_that_cannot_be_read_is_named(content: bytes) -> None:
    Path("glassbook.toml").write_bytes(content)
    with pytest.raises(InputError, match=r"glassbook\.toml"):
        load_settings()


def test_a_variable_that_is_no_json_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBOOK_DELIVERY_TARGETS", '{"regulator": {"password": "hush-hush"')
    with pytest.raises(InputError, match="delivery_targets") as caught:
        load_settings()
    assert "hush-hush" not in "".join(traceback.format_exception(caught.value))


def test_a_passphrase_is_taken_from_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBOOK_PASSPHRASE", "hush-hush")
    assert load_settings().passphrase.get_secret_value() == "hush-hush" and "hush-hush" not in repr(load_settings())
    Path("glassbook.toml").write_text('passphrase = "hush-hush"', encoding="utf-8")
    with pytest.raises(InputError, match="passphrase stands in glassbook") as caught:
        load_settings()
    assert "hush-hush" not in "".join(traceback.format_exception(caught.value))
