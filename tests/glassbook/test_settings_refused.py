"""Settings are checked when they are read: errors have the name, the value and what is allowed, and never a secret."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glassbook.errors import InputError
from glassbook.setting_errors import ALLOWED, allowed
from glassbook.settings import Settings, load_settings
from tests.support.shell import run

pytestmark = pytest.mark.usefixtures("no_settings")


def refused() -> InputError:
    with pytest.raises(InputError) as caught:
        load_settings()
    return caught.value


WRONG = {
    "home": ["", " ", "/dev/null", "glassbook.toml/x", "a\nb", "\udcff", "q?", "h#", "{x}", "b\\s"],
    "mapping": [".", "/dev/zero"],
    "profile": [".", "/dev/null"],
    "source_encoding": ["", "rot13", "zip", "klingon", "idna", "undefined", "a\tb"],
    "timezone": ["", "Asia", "Asia/Nowhere", "../x", "posix/Asia/Shanghai", "localtime"],
    "country": ["", "cn", "XX", "CHN", "China"],
    "currency": ["", "cny", "CN", "¥"],
    "platform_name": ["", "a\x1b[2Jb"],
    "threads": ["0", "-1", "257", "100000000", "many", "1.5", "", "9" * 5000],
    "memory_limit": ["", "2", "0GB", "1KB", "255MB", "2 gigs", "-1GB", "80%", "nan GB", "9999999TB"],
    "load_memory_limit": ["100MB", "none"],
    "overlap_hours": ["-1", "8761", "1e3"],
    "keep_snapshots": ["0", "10001"],
    "retention_years": ["4", "101"],
    "filings_since": ["0001-01-01", "2019", "20191201", "2019-02-30", "soon"],
    "due_soon_working_days": ["-1", "61"],
    "null_words": ["x", "", '["a"', '"a"', '{"a": 1}', "3", "null", "[" * 5_000],
    "personal_null_words": ["x", "NULL,null"],
    "app_hosts": ["books.example.org"],
    "home_regime": ["", "xx", "marketing", "../cn"],
    "regimes": ["cn", '["xx"]', '["cn", "xx"]', '["../cn"]'],
    "over_90_amount": ["everything"],
    "overdue_rate_base": ["interest"],
    "count_promotional": ["perhaps"],
    "own_hosts": [
        "example.com",
        '["https://example.com"]',
        '["example.com/x"]',
        '["example.com:443"]',
        '[""]',
        '["a b"]',
        '["*.example.com"]',
    ],
    "site_address": [" ", "books.example.com", "ftp://x", "https://", "https://a b", "https://x/?a", "https://x/#a", "https://li:pw@x"],
    "return_hosts": ["pay.example.com", '["-"]'],
    "clock_now": ["0001-01-01T00:00:00", "9999-12-31T23:59:59+00:00", "5", "20191231", "soon"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_value_is_told_with_name_and_what_is_allowed(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("glassbook.toml").touch()
    monkeypatch.setenv(f"GLASSBOOK_{name.upper()}", value)
    error = refused()
    assert f"{name} = " in error.found and f"(GLASSBOOK_{name.upper()})" in error.found
    assert error.expected == f"{name}: {allowed(name, Settings.model_fields[name])}" and error.remedy


def test_every_setting_says_what_is_allowed() -> None:
    assert set(ALLOWED) <= set(Settings.model_fields)
    assert all(allowed(name, field) for name, field in Settings.model_fields.items())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("memory_limit", "256MB"),
        ("memory_limit", "1.5 gib"),
        ("threads", "256"),
        ("mapping", ""),
        ("profile", ""),
        ("filings_since", ""),
        ("clock_now", ""),
        ("clock_now", "2019-12-31T16:00:00Z"),
        ("country", "CZ"),
        ("source_encoding", "GBK"),
        ("home", "glassbook home [1] *"),
    ],
)
def test_what_is_allowed_is_taken(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"GLASSBOOK_{name.upper()}", value)
    assert getattr(load_settings(), name) is None or value


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("keep_snapshot = 3", "perhaps keep_snapshots"),
        ("[delivery_targets.regulator]\naddress = 'file:///x'\npasword = 'hush-hush'", "perhaps password"),
        ("zzzzzz = 3", "one of app_hosts, clock_now"),
    ],
)
def test_a_key_that_does_not_exist_is_told_with_the_nearest(content: str, words: str) -> None:
    Path("glassbook.toml").write_text(content, encoding="utf-8")
    error = refused()
    assert "which is no setting (glassbook.toml)" in error.found and words in error.expected and "hush" not in str(error)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("GLASSBOOK_THREAD", "perhaps GLASSBOOK_THREADS"),
        ("GLASSBOOK_THREADS__X", "perhaps GLASSBOOK_THREADS"),
        ("glassbook_hom", "perhaps GLASSBOOK_HOME"),
        ("GLASSBOOK_", "one of "),
    ],
)
def test_a_variable_that_does_not_exist_is_told_with_the_nearest(name: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    error = refused()
    assert name.upper() in error.found and words in error.expected


def test_a_secret_is_never_told(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "SOURCE": "postgresql://li:hush-hush@db/x\n",
        "DEMO_DATABASE": "postgresql://li:hush-hush@db/x\x07",
        "TIMEZONE": "postgresql://li:hush-hush@db/x",
        "DELIVERY_TARGETS": '{"regulator": {"address": "https://li:hush-hush@x", "password": ["hush-hush"], "hush-hush": 1}}',
        "PASSPHRASE": "hush-hush",
        "THREADS": "0",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(f"GLASSBOOK_{name}", value)
    said = str(refused())
    assert "source" in said and "demo_database" in said and "timezone" in said and "threads = 0" in said
    assert "hush-hush" not in said.replace("delivery_targets.regulator.hush-hush", "")


def test_a_wrong_word_of_a_list_is_told_by_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBOOK_NULL_WORDS", '["none", 7]')
    assert refused().found == "null_words.1 = 7 (GLASSBOOK_NULL_WORDS)"


@pytest.mark.parametrize("value", ["https://li:hush-hush@x", '{"regulator": "https://li:hush-hush@x', "[" * 5_000])
def test_a_target_that_is_no_json_is_told_by_name_alone(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBOOK_DELIVERY_TARGETS", value)
    error = refused()
    assert error.found.startswith("delivery_targets: ") and "(GLASSBOOK_DELIVERY_TARGETS)" in error.found
    assert "hush" not in str(error) and "[[" not in str(error) and error.expected.startswith("delivery_targets: ")


def a_folder() -> None:
    Path("glassbook.toml").mkdir()


def a_pipe() -> None:
    os.mkfifo("glassbook.toml")


def a_device() -> None:
    Path("glassbook.toml").symlink_to("/dev/zero")


def a_link_to_nothing() -> None:
    Path("glassbook.toml").symlink_to("nowhere")


def no_text() -> None:
    Path("glassbook.toml").write_bytes("platform_name = '明灯'".encode("gb18030"))


def without_end() -> None:
    Path("glassbook.toml").write_text("x = " + "[" * 5_000)


def a_number_without_end() -> None:
    Path("glassbook.toml").write_text("threads = " + "9" * 10_000)


@pytest.mark.parametrize(
    "made", [a_folder, a_pipe, a_device, a_link_to_nothing, no_text, without_end, a_number_without_end], ids=lambda made: made.__name__
)
def test_a_settings_file_that_is_none_is_named(made: object) -> None:
    assert callable(made)
    made()
    error = refused()
    assert "glassbook.toml" in error.where and error.remedy


NAMES = sorted(set(Settings.model_fields) - {"fault_point", "home"})
EDGES = st.one_of(
    st.sampled_from([value for values in WRONG.values() for value in values if "\0" not in value]),
    st.sampled_from(
        ["1", "256", "5", "100", "256MB", "1000TB", "true", "CN", "CNY", "cn", "UTC", "utf-16", "[]", "{}", '["x"]', "1970-01-01"]
    ),
    st.integers().map(str),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(NAMES), value=EDGES)
def test_any_one_setting_works_or_is_told(name: str, value: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSBOOK_HOME", str(tmp_path / "home"))
        patch.setenv(f"GLASSBOOK_{name.upper()}", value)
        for arguments in (["figures", "--regime", "cn"], ["calendar"], ["quarantine", "list"]):
            code, said = run(patch, capsys, *arguments)
            assert code in (0, 1, 2), said
            assert "Traceback" not in said
