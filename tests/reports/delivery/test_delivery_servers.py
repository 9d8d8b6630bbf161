"""Delivery to real SFTP and HTTPS servers on loopback: only to the right machine, nothing half visible, once, with retries."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glassbook.errors import InputError
from glassbook.settings import Settings
from reports.delivery.adapter import NotDelivered, TransientFault
from reports.delivery.delivering import deliver
from reports.filing.package.seal import sha256
from tests.support.deliveries import PARCEL, archive, events, everything_written, send, submitted_home, to
from tests.support.https import TOKEN, HttpsServer, https_server
from tests.support.sftp import PASSWORD, SftpServer, sftp_server


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """A home with one submitted filing."""
    return submitted_home(tmp_path / "home")


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


@pytest.mark.filterwarnings("ignore:.*bcrypt")  # a key that is cheap to open
def test_sftp_with_a_key_of_ours(home: Settings, sftp: SftpServer, tmp_path: Path) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    (tmp_path / "key").write_bytes(key.export_private_key(passphrase="phrase-of-the-key", rounds=2))
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
    assert events(home) == ["begun", "failed"], "never tried again"
    # A key of another kind: both ends hang up, and whose word arrives first is chance.
    with pytest.raises((NotDelivered, TransientFault)):
        send(by_sftp(home, sftp, host_key=rsa))
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


def test_a_server_that_says_nothing_is_a_fault_that_may_pass(home: Settings, tmp_path: Path) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        for target in ({"address": f"sftp://u@127.0.0.1:{port}/inbox", "host_key": key}, {"address": f"https://127.0.0.1:{port}/inbox"}):
            with pytest.raises(TransientFault):
                send(to(home, **target, attempts=1, timeout_seconds=0.3))


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


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(faults=st.lists(st.sampled_from(["cut", "lost", 503, 412, 404, "none"]), max_size=8), is_webdav=st.booleans())
def test_whatever_happens_on_the_way_it_is_there_whole_once_or_not_at_all(
    home: Settings, web: HttpsServer, faults: list[str | int], is_webdav: bool
) -> None:
    for path in [*(web.root / "inbox").iterdir(), *home.filings_dir.glob("deliveries.*")]:
        path.unlink()
    web.faults, web.streams = list(faults), is_webdav
    target = by_https(home, web, is_webdav=is_webdav)
    with contextlib.suppress(NotDelivered, TransientFault):
        send(target)
        assert web.visible() == [PARCEL]
    assert all(path.read_bytes() == archive(home) for path in (web.root / "inbox").iterdir() if not path.name.startswith("."))
    web.faults = []
    send(target)
    assert web.visible() == [PARCEL] and (web.root / "inbox" / PARCEL).read_bytes() == archive(home)


def test_no_secret_is_written_down_even_when_a_server_sends_it_back(home: Settings, web: HttpsServer) -> None:
    web.answer = f"thanks for {TOKEN}".encode()
    settings = by_https(home, web)
    done = send(settings)
    assert TOKEN.encode() not in everything_written(home)
    assert done.receipt.with_name("regulator.answer").read_bytes() == b"thanks for ***"
    assert TOKEN not in repr(settings)
