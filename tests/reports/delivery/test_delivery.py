"""Delivery: what may be delivered, whole or not at all, once, on record; targets, secrets and commands."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from glassbook.chained_file import ChainBroken, ChainedFile
from glassbook.errors import CheckFailed, InputError
from glassbook.settings import Settings, load_settings
from reports.commands.filing_delivery import deliver as deliver_command
from reports.commands.filing_delivery import deliveries as deliveries_command
from reports.delivery import retrying
from reports.delivery.adapter import NotDelivered, Parcel, Receipt, TransientFault
from reports.delivery.attempts import read_attempts
from reports.delivery.delivering import deliver
from reports.delivery.receipts import delivery_problems
from reports.filing.life.states import signed_folder
from reports.filing.package.package import write_package
from reports.filing.package.seal import sha256
from tests.support.deliveries import PARCEL, archive, events, everything_written, send, step, submitted_home, to

POINTS = ("deliver_before_rename", "deliver_before_log", "chain_before_head")


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """A home with one submitted filing."""
    return submitted_home(tmp_path / "home")


# Folder


def test_the_folder_of_the_home_is_there_without_any_setting(home: Settings) -> None:
    done = send(home, "outbox")
    assert (home.outbox_dir / PARCEL).read_bytes() == archive(home)
    assert events(home) == ["begun", "delivered"] and done.outcome == "delivered" and done.is_new
    receipt = json.loads(done.receipt.read_text(encoding="utf-8"))
    assert receipt["sha256"] == sha256(archive(home)) and receipt["parcel"] == PARCEL
    assert read_attempts(home)[-1].receipt_sha256 == sha256(done.receipt.read_bytes())


def test_the_same_version_delivered_twice_is_not_two(home: Settings) -> None:
    send(home, "outbox")
    again = send(home, "outbox")
    assert again.outcome == "already_there" and not again.is_new
    assert events(home) == ["begun", "delivered"], "nothing was sent"
    assert [path.name for path in home.outbox_dir.iterdir()] == [PARCEL]


def test_two_deliveries_at_once_are_one(home: Settings) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: send(home, "outbox"), range(4)))
    assert sorted(d.is_new for d in done) == [False, False, False, True]
    assert events(home) == ["begun", "delivered"]


def test_what_the_recipient_has_is_never_replaced(home: Settings) -> None:
    home.outbox_dir.mkdir(parents=True)
    (home.outbox_dir / PARCEL).write_bytes(b"other")
    with pytest.raises(NotDelivered, match="other content"):
        send(home, "outbox")
    assert (home.outbox_dir / PARCEL).read_bytes() == b"other" and events(home) == ["begun", "failed"]


def test_a_share_that_is_not_mounted_is_no_folder(home: Settings, tmp_path: Path) -> None:
    settings = to(home, address=(tmp_path / "share").as_uri())
    with pytest.raises(NotDelivered, match="mount"):
        send(settings)
    (tmp_path / "share").mkdir()
    assert send(settings).outcome == "delivered"


@pytest.mark.parametrize("state", ["draft", "validated", "prepared", "approved", "signed_off", "refused"])
def test_only_what_was_submitted_and_not_refused_is_delivered(home: Settings, state: str) -> None:
    step(home, "step", state, "cd" * 32)
    with pytest.raises(CheckFailed, match=f"is {state}"):
        send(home, "outbox")
    assert events(home) == [] and not list(home.outbox_dir.iterdir())


def test_a_superseded_version_is_not_delivered_and_an_unknown_one_is_named(home: Settings) -> None:
    step(home, "acknowledge", "acknowledged", "cd" * 32, version=2)
    with pytest.raises(CheckFailed, match="version 1 is superseded"):
        deliver(home, "cn-2019-12", version=1)
    with pytest.raises(InputError, match="a version from 1 to 2"):
        deliver(home, "cn-2019-12", version=3)
    with pytest.raises(InputError, match="no filing cn-2018-01"):
        deliver(home, "cn-2018-01")
    with pytest.raises(InputError, match="one of outbox"):
        send(home, "nowhere")


@pytest.mark.parametrize("name", ["v1/figures.csv", "v1.zip"])
def test_a_package_that_was_changed_is_not_delivered(home: Settings, name: str) -> None:
    path = home.filings_dir / "cn" / "2019-12" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(CheckFailed, match="not as it was sealed"):
        send(home, "outbox")
    assert events(home) == []


def test_a_package_that_nobody_signed_is_not_delivered(home: Settings) -> None:
    folder = signed_folder(home, "cn", "2019-12", 1)
    contents = {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in ("SEAL", "SIGNATURES")}
    contents["filing.json"] = contents["filing.json"].replace(b'"preparer", "approver", "legal_representative"', b"")
    shutil.rmtree(folder)
    folder.with_name("v1.zip").unlink()
    step(home, "submit", "submitted", write_package(folder, contents, None).seal.whole)
    with pytest.raises(CheckFailed, match="nobody has signed as preparer, approver, legal_representative"):
        deliver(home, "cn-2019-12")


@pytest.mark.parametrize("point", POINTS)
def test_killed_while_delivering_arrives_once(home: Settings, point: str) -> None:
    environment = os.environ | {"GLASSBOOK_HOME": str(home.home)}
    arguments = [sys.executable, "-c", "from reports.commands.filing_delivery import deliver; deliver(['cn-2019-12'])"]
    killed = subprocess.run(arguments, env=environment | {"GLASSBOOK_FAULT_POINT": point}, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    visible = [path for path in home.outbox_dir.iterdir() if not path.name.startswith(".")]
    assert all(path.read_bytes() == archive(home) for path in visible)
    done = send(home, "outbox")
    assert done.outcome == ("already_there" if point == "deliver_before_log" else "delivered")
    assert [path.name for path in home.outbox_dir.iterdir()] == [PARCEL]
    assert json.loads(done.receipt.read_text(encoding="utf-8"))["outcome"] == done.outcome == events(home)[-1]


# Settings and commands


def test_secrets_come_from_environment_or_file_beside_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "glassbook.toml").write_text('[delivery_targets.regulator]\naddress = "https://up.example/in"\n', encoding="utf-8")
    monkeypatch.setenv("GLASSBOOK_DELIVERY_TARGETS__REGULATOR__TOKEN", "from-the-environment")
    target = load_settings().delivery_targets["regulator"]
    assert (target.address, target.token_text()) == ("https://up.example/in", "from-the-environment")
    with pytest.raises(InputError, match="password or token"):
        target.model_copy(update={"password_file": tmp_path / "none"}).password_text()


@pytest.mark.parametrize(
    "lines",
    [
        'address = "https://user:hush-hush@up.example/in"',
        'address = "sftp://user:hush-hush@up.example/in"\nhost_key = "ssh-ed25519 AAAA"',
        'address = "sftp://user@up.example/in"',
        'address = "http://up.example/in?hush-hush"',
        'address = "https://up.example/in"\nhush_hush = "hush-hush"',
    ],
)
def test_wrong_targets_are_refused_without_repeating_them(lines: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "glassbook.toml").write_text(f"[delivery_targets.regulator]\n{lines}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"delivery_targets\.regulator") as caught:
        load_settings()
    assert "hush-hush" not in "".join(traceback.format_exception(caught.value)), "a log may hold the whole of it"


def test_words_of_a_server_are_told_without_our_secrets(home: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pair = base64.b64encode(b"platform:hush-hush").decode()
    said = f"no such user: hush-hush, {pair}"

    class Careless:
        def __init__(self, fault: type[CheckFailed] | None) -> None:
            self.fault = fault

        def deliver(self, parcel: Parcel) -> Receipt:
            if self.fault is not None:
                raise self.fault(said)
            return Receipt("delivered", {"Location": said}, said.encode())

    told: list[str] = []
    settings = to(home, address="https://up.example/in", user="platform", password="hush-hush", attempts=2)
    for fault in (NotDelivered, TransientFault, None):
        monkeypatch.setattr(retrying, "_adapter", lambda _, fault=fault: Careless(fault))
        try:
            deliver(settings, "cn-2019-12", "regulator", report=told.append)
        except CheckFailed as error:
            told += [str(error), *map(str, error.args)]
    assert len(told) == 5 and all("no such user: ***, ***" in text for text in told), told
    assert b"hush-hush" not in everything_written(home) and pair.encode() not in everything_written(home)


def test_the_commands_say_what_arrived_and_every_attempt(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBOOK_HOME", str(home.home))
    for word in ("delivered", "was there already"):
        done = CliRunner().invoke(deliver_command, ["cn-2019-12"])
        assert done.exit_code == 0 and f"cn-2019-12 version 1 to outbox: {word}, {PARCEL}" in done.output
    told = CliRunner().invoke(deliveries_command, []).output
    assert told.splitlines()[0].endswith("cn 2019-12 version 1 to outbox: begun (attempt 1)") and "delivered" in told
    assert len(json.loads(CliRunner().invoke(deliveries_command, ["--format", "json"]).output)) == 2


def test_a_target_that_moved_is_another_place(home: Settings, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        assert send(to(home, address=(tmp_path / name).as_uri())).outcome == "delivered"
    assert read_attempts(home)[-1].address.endswith("/two")


@pytest.mark.parametrize("change", [{"receipt": "../../../x"}, {"regime": ".."}, {"version": "1"}, {"more": 1}])
def test_an_event_that_leads_out_of_the_home_is_no_event(home: Settings, change: dict[str, object]) -> None:
    deliver(home, "cn-2019-12")
    record = vars(read_attempts(home)[-1]) | change
    ChainedFile(home.filings_dir / "deliveries.jsonl").append(record)
    assert delivery_problems(home) == ["deliveries.jsonl: entry 3: is not an entry of the log of deliveries"]
    with pytest.raises(ChainBroken, match="entry 3"):
        deliver(home, "cn-2019-12")


def test_verification_finds_a_changed_log_or_receipt(home: Settings) -> None:
    done = send(home, "outbox")
    assert delivery_problems(home) == []
    receipt = done.receipt.read_bytes()
    done.receipt.write_bytes(receipt.replace(b"delivered", b"Delivered"))
    assert delivery_problems(home) == ["receipts/cn-2019-12-v1/outbox.json: was changed"]
    done.receipt.unlink()
    assert delivery_problems(home) == ["receipts/cn-2019-12-v1/outbox.json: is missing, though the log of deliveries names it"]
    done.receipt.write_bytes(receipt)
    log = home.filings_dir / "deliveries.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"attempt":1', b'"attempt":2'))
    (problem,) = delivery_problems(home)
    assert problem.startswith("deliveries.jsonl: entry 1:")
