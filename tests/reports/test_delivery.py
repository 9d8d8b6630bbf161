"""Delivery to folder, SFTP and HTTPS servers on loopback: whole or not at all, once, to the right machine, on record, without a secret."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from click.testing import CliRunner

from glassbook.delivery_target import DeliveryTarget
from glassbook.errors import CheckFailed, InputError
from glassbook.settings import Settings, load_settings
from reports.delivery.adapter import NotDelivered, TransientFault
from reports.delivery.attempts import read_attempts
from reports.delivery.commands import deliver as deliver_command
from reports.delivery.commands import deliveries as deliveries_command
from reports.delivery.delivering import Delivery, deliver
from reports.engine.filing_log import open_log
from reports.engine.filing_states import signed_folder
from reports.engine.package import write_package
from reports.engine.seal import sha256
from tests.support.https import TOKEN, HttpsServer, https_server
from tests.support.sftp import PASSWORD, SftpServer, sftp_server

PARCEL = "cn-2019-12-v1.zip"
POINTS = ("deliver_before_rename", "deliver_before_log", "chain_before_head")


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """A home with one filing that was submitted, big enough to be cut off in the middle."""
    settings = Settings(home=tmp_path / "home")
    contents = {"filing.json": b"{}", "figures.csv": os.urandom(300_000)}
    written = write_package(signed_folder(settings, "cn", "2019-12", 1), contents, None)
    step(settings, "submit", "submitted", written.seal.whole)
    return settings


def step(settings: Settings, action: str, state: str, seal: str, version: int = 1) -> None:
    with open_log(settings) as log:
        log.append(regime="cn", period="2019-12", version=version, action=action, from_state=None, state=state, who="李四", seal=seal)


def archive(home: Settings) -> bytes:
    return signed_folder(home, "cn", "2019-12", 1).with_name("v1.zip").read_bytes()


def to(home: Settings, **target: Any) -> Settings:
    """The home with one target, `regulator`."""
    given: dict[str, Any] = {"pause_seconds": 0, "attempts": 3, "timeout_seconds": 5} | target
    return home.model_copy(update={"delivery_targets": {"regulator": DeliveryTarget(**given)}})


def send(settings: Settings, target: str = "regulator") -> Delivery:
    return deliver(settings, "cn-2019-12", target)


def events(settings: Settings) -> list[str]:
    return [attempt.event for attempt in read_attempts(settings)]


def everything_written(settings: Settings) -> bytes:
    """All that the home keeps of deliveries, receipts included."""
    return b"".join(
        p.read_bytes() for p in settings.filings_dir.rglob("*") if (p.is_file() and ".receipts" in str(p)) or "deliveries" in p.name
    )


# Folder


def test_the_folder_of_the_home_is_there_without_any_setting(home: Settings) -> None:
    done = send(home, "outbox")
    assert (home.outbox_dir / PARCEL).read_bytes() == archive(home)
    assert events(home) == ["begun", "delivered"] and done.outcome == "delivered" and done.is_new
    receipt = json.loads(done.receipt.read_text(encoding="utf-8"))
    assert receipt["sha256"] == sha256(archive(home)) and receipt["parcel"] == PARCEL
    assert read_attempts(home)[-1].receipt == sha256(done.receipt.read_bytes())


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


@pytest.mark.parametrize("point", POINTS)
def test_killed_while_delivering_arrives_once(home: Settings, point: str) -> None:
    environment = os.environ | {"GLASSBOOK_HOME": str(home.home)}
    arguments = [sys.executable, "-c", "from reports.delivery.commands import deliver; deliver(['cn-2019-12'])"]
    killed = subprocess.run(arguments, env=environment | {"GLASSBOOK_FAULT_POINT": point}, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    visible = [path for path in home.outbox_dir.iterdir() if not path.name.startswith(".")]
    assert all(path.read_bytes() == archive(home) for path in visible)
    done = send(home, "outbox")
    assert done.outcome == ("already_there" if point == "deliver_before_log" else "delivered")
    assert [path.name for path in home.outbox_dir.iterdir()] == [PARCEL]
    assert json.loads(done.receipt.read_text(encoding="utf-8"))["outcome"] == done.outcome == events(home)[-1]


# SFTP


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[SftpServer]:
    with sftp_server(tmp_path / "sftp") as server:
        yield server


def by_sftp(home: Settings, server: SftpServer, **more: Any) -> Settings:
    return to(home, **({"address": server.address(), "host_key": server.host_key, "password": PASSWORD} | more))


def test_sftp_delivers_whole_and_once(home: Settings, sftp: SftpServer) -> None:
    settings = by_sftp(home, sftp)
    done = send(settings)
    assert (sftp.root / "inbox" / PARCEL).read_bytes() == archive(home)
    assert [path.name for path in (sftp.root / "inbox").iterdir()] == [PARCEL], "nothing else is left there"
    assert "SHA256:" in json.loads(done.receipt.read_text("utf-8"))["facts"]["host_key"]
    logins = len(sftp.logins)
    assert send(settings).is_new is False and len(sftp.logins) == logins, "the second asks nobody"
    (home.filings_dir / "deliveries.jsonl").unlink()
    (home.filings_dir / "deliveries.head").unlink()
    assert send(settings).outcome == "already_there", "what is there is recognised without our log"


def test_sftp_with_a_key_of_ours(home: Settings, sftp: SftpServer, tmp_path: Path) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    (tmp_path / "key").write_bytes(key.export_private_key(passphrase="phrase-of-the-key"))
    (tmp_path / "phrase").write_text("phrase-of-the-key\n", encoding="utf-8")
    settings = by_sftp(home, sftp, password=None, key_file=tmp_path / "key", password_file=tmp_path / "phrase")
    with pytest.raises(NotDelivered, match="user, password and keys"):
        send(settings)
    sftp.client_keys.append(key.export_public_key().decode().strip())
    assert send(settings).outcome == "delivered"
    (tmp_path / "phrase").write_text("wrong", encoding="utf-8")
    with pytest.raises(InputError, match="private key"):
        send(
            by_sftp(
                home, sftp, address=sftp.address("~/inbox"), password=None, key_file=tmp_path / "key", password_file=tmp_path / "phrase"
            )
        )


def test_sftp_to_another_machine_is_refused_before_anything_is_sent(home: Settings, sftp: SftpServer) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    with pytest.raises(NotDelivered, match="not the host_key of the target"):
        send(by_sftp(home, sftp, host_key=other))
    rsa = asyncssh.generate_private_key("ecdsa-sha2-nistp256").export_public_key().decode().strip()
    with pytest.raises(NotDelivered):
        send(by_sftp(home, sftp, host_key=rsa))
    assert events(home) == ["begun", "failed"] * 2, "never tried again"
    assert sftp.logins == [] and sftp.visible() == []


def test_sftp_with_a_wrong_password_says_so_and_not_which(home: Settings, sftp: SftpServer) -> None:
    with pytest.raises(NotDelivered, match="password") as caught:
        send(by_sftp(home, sftp, password="wrong-secret"))
    assert "wrong-secret" not in str(caught.value) and b"wrong-secret" not in everything_written(home)
    assert events(home) == ["begun", "failed"]


def test_sftp_into_a_folder_that_is_not_there(home: Settings, sftp: SftpServer) -> None:
    with pytest.raises(NotDelivered, match="folder"):
        send(by_sftp(home, sftp, address=sftp.address("nowhere")))


def test_sftp_cut_off_shows_nothing_half_and_is_tried_again(home: Settings, sftp: SftpServer) -> None:
    sftp.cuts = [100_000, 200_000]
    lines: list[str] = []
    settings = by_sftp(home, sftp)
    done = deliver(settings, "cn-2019-12", "regulator", report=lines.append)
    assert done.outcome == "delivered" and (sftp.root / "inbox" / PARCEL).read_bytes() == archive(home)
    assert sftp.visible_at_cut == [[], []] and sftp.visible() == [PARCEL]
    assert events(home) == ["begun", "fault", "begun", "fault", "begun", "delivered"]
    assert len(lines) == 2 and lines[0].startswith("attempt 1 of 3: ")


def test_sftp_cut_off_every_time_ends_with_the_fault(home: Settings, sftp: SftpServer) -> None:
    sftp.cuts = [100_000] * 3
    with pytest.raises(TransientFault):
        send(by_sftp(home, sftp))
    assert sftp.visible() == [] and events(home) == ["begun", "fault"] * 3
    assert send(by_sftp(home, sftp)).outcome == "delivered", "later it goes on"


def test_a_server_that_is_not_there_is_tried_again(home: Settings, tmp_path: Path) -> None:
    with sftp_server(tmp_path / "gone") as server:
        pass
    with pytest.raises(TransientFault, match=r"sftp://127\.0\.0\.1"):
        send(by_sftp(home, server, attempts=2))
    with https_server(tmp_path / "gone-too") as web:
        pass
    with pytest.raises(TransientFault, match="https://localhost"):
        send(by_https(home, web, attempts=2))
    assert events(home) == ["begun", "fault"] * 4


# HTTPS


@pytest.fixture
def web(tmp_path: Path) -> Iterator[HttpsServer]:
    with https_server(tmp_path / "web") as server:
        yield server


def by_https(home: Settings, server: HttpsServer, **more: Any) -> Settings:
    return to(home, **({"address": server.address, "ca_file": server.ca_file, "token": TOKEN} | more))


def test_https_delivers_whole_and_once_and_keeps_the_answer(home: Settings, web: HttpsServer) -> None:
    web.answer = "回执 0001".encode()
    settings = by_https(home, web)
    done = send(settings)
    assert (web.root / "inbox" / PARCEL).read_bytes() == archive(home) and web.visible() == [PARCEL]
    receipt = json.loads(done.receipt.read_text("utf-8"))
    answer = done.receipt.with_name(receipt["answer"]).read_bytes()
    assert answer == web.answer and receipt["answer_sha256"] == sha256(answer) and receipt["facts"]["status"] == "201"
    assert web.headers[0]["If-None-Match"] == "*" and done.filing.seal in web.headers[0]["Idempotency-Key"]
    assert send(settings).is_new is False and len(web.requests) == 1


def test_https_to_a_machine_whose_certificate_does_not_hold_is_refused(home: Settings, web: HttpsServer, tmp_path: Path) -> None:
    with https_server(tmp_path / "other", name="regulator.example") as other:
        for settings in (by_https(home, web, ca_file=other.ca_file), by_https(home, web, ca_file=None), by_https(home, other)):
            with pytest.raises(NotDelivered, match="certificate is not trusted"):
                send(settings)
        assert other.requests == []
    assert web.requests == [] and events(home) == ["begun", "failed"] * 3, "never tried again, nothing sent"


def test_https_cut_off_is_tried_again_and_arrives_once(home: Settings, web: HttpsServer) -> None:
    web.faults = ["cut", 503]
    assert send(by_https(home, web)).outcome == "delivered"
    assert web.visible() == [PARCEL] and events(home) == ["begun", "fault", "begun", "fault", "begun", "delivered"]


def test_https_answer_that_was_lost_does_not_make_two(home: Settings, web: HttpsServer) -> None:
    web.faults = ["lost"]
    assert send(by_https(home, web)).outcome == "already_there"
    assert web.visible() == [PARCEL] and [method for method, _ in web.requests] == ["PUT", "PUT", "GET"]


def test_https_never_takes_other_content_for_ours(home: Settings, web: HttpsServer) -> None:
    (web.root / "inbox" / PARCEL).write_bytes(b"other")
    with pytest.raises(NotDelivered, match="other content"):
        send(by_https(home, web))
    web.faults = [412, 403]
    with pytest.raises(NotDelivered, match="does not let it be read back"):
        send(by_https(home, web))
    assert (web.root / "inbox" / PARCEL).read_bytes() == b"other"


@pytest.mark.parametrize(("status", "said"), [(401, "token"), (403, "rights"), (302, "not followed"), (404, "answered 404")])
def test_https_refusals_are_not_tried_again(home: Settings, web: HttpsServer, status: int, said: str) -> None:
    web.faults = [status]
    with pytest.raises(NotDelivered, match=said):
        send(by_https(home, web))
    assert events(home) == ["begun", "failed"] and web.visible() == []


def test_webdav_shows_nothing_half_on_a_server_that_writes_as_it_arrives(home: Settings, web: HttpsServer) -> None:
    web.streams, web.faults = True, [404, "cut"]
    assert send(by_https(home, web, is_webdav=True, attempts=2)).outcome == "delivered"
    assert (web.root / "inbox" / PARCEL).read_bytes() == archive(home) and web.visible() == [PARCEL]
    assert {name for method, name in web.requests if method == "PUT"} == {f".{PARCEL}.part"}
    web.requests.clear()
    (home.filings_dir / "deliveries.jsonl").unlink()
    (home.filings_dir / "deliveries.head").unlink()
    assert send(by_https(home, web, is_webdav=True)).outcome == "already_there"
    assert [method for method, _ in web.requests] == ["HEAD", "GET"]


def test_no_secret_is_written_down_even_when_a_server_sends_it_back(home: Settings, web: HttpsServer) -> None:
    web.answer = f"thanks for {TOKEN}".encode()
    settings = by_https(home, web)
    done = send(settings)
    assert TOKEN.encode() not in everything_written(home)
    assert done.receipt.with_name("regulator.answer").read_bytes() == b"thanks for ***"
    assert TOKEN not in repr(settings)


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
    assert "hush-hush" not in str(caught.value)


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
