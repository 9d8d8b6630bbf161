"""Which names an app takes for its own."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from dashboards.access.guard import Guard, headers_for, own_hosts
from glassbook.errors import InputError


def test_every_address_is_no_name_and_a_named_one_is() -> None:
    assert own_hosts("0.0.0.0", []) == own_hosts("127.0.0.1", []) == {"localhost", "127.0.0.1", "[::1]"}
    assert own_hosts("10.0.0.5", ["Books.Example."]) == {"localhost", "127.0.0.1", "[::1]", "10.0.0.5", "books.example"}
    assert "[fd00::5]" in own_hosts("fd00::5", [])


@pytest.mark.parametrize("name", ["*", "*.example.com", "http://a", "a:80", "", "a/b", "a b", "fd00::5"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(InputError) as refusal:
        own_hosts("127.0.0.1", [name])
    assert refusal.value.where == "the setting app_hosts" and repr(name) in refusal.value.found


def test_a_script_within_the_page_is_known_by_its_hash() -> None:
    policy = headers_for("<script>a()</script><script src='b'></script>")["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval' blob: 'sha256-qVpDBgj7bpq5hMAcGp3AOc79J3Y1Z4HvySTwKrWDoy4=';" in policy


@pytest.mark.parametrize(
    ("origin", "is_answered"),
    [
        ("http://localhost:8501", True),
        ("HTTP://LOCALHOST:8501", True),
        (None, True),
        ("http://localhost:39999", False),
        ("https://evil.example", False),
        ("null", False),
        ("http://localhost", False),
    ],
)
def test_a_socket_answers_to_the_apps_own_pages_alone(origin: str | None, is_answered: bool) -> None:
    """A page of another port of this machine is another origin: its browser would let it read what the socket says."""
    told: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        told.append("answered")

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        told.append(str(message["type"]))

    headers = [(b"host", b"localhost:8501"), *([] if origin is None else [(b"origin", origin.encode())])]
    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": headers}
    asyncio.run(Guard(app, own_hosts("127.0.0.1", []), {})(scope, receive, send))
    assert told == (["answered"] if is_answered else ["websocket.close"])
