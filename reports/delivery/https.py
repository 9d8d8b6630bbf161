"""Delivery over HTTPS: one PUT of the whole parcel. Its headers let a server detect a partial upload and a repeated one.

The request has Content-Length and Content-Digest (RFC 9530), `If-None-Match: *` so that nothing is replaced (RFC 9110), and an
Idempotency-Key. For servers that show partial uploads set `is_webdav`: upload under a hidden name, then MOVE (RFC 4918).
"""

from __future__ import annotations

import base64
import hashlib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import requests

from glassbook.delivery_target import DeliveryTarget
from glassbook.errors import InputError
from reports.delivery.adapter import NotDelivered, Parcel, Receipt, TransientFault, other_content

# No more of an answer is kept; a receipt is small.
LONGEST_ANSWER = 1 << 20
_DONE = (200, 201, 202, 204)
_EXISTS = (409, 412)
# With these answers a server asks for a retry.
_PASSING = (408, 425, 429, 500, 502, 503, 504, 507)
_KEPT_HEADERS = ("Date", "Location", "ETag", "Content-Type", "X-Request-Id")


class HttpsAdapter:
    """Uploads to an address `https://host/path`, under the name of the parcel."""

    def __init__(self, target: DeliveryTarget) -> None:
        self._target = target
        self._base = target.address.rstrip("/")

    def deliver(self, parcel: Parcel) -> Receipt:
        """One attempt. Raises InputError for certificates that cannot be read, TransientFault or NotDelivered."""
        url = f"{self._base}/{quote(parcel.name)}"
        with self._session() as session, self._faults():
            if self._target.is_webdav:
                status, headers, answer = self._put_and_move(session, url, parcel)
            else:
                status, headers, answer = self._send(session, "PUT", url, parcel)
            if status in _EXISTS:
                self._require_same(session, url, parcel, status)
                return Receipt("already_there", {"url": url, "status": str(status)})
            _require_done(status, url, headers)
            return Receipt("delivered", {"url": url, "status": str(status), **headers}, answer)

    def _put_and_move(self, session: requests.Session, url: str, parcel: Parcel) -> tuple[int, dict[str, str], bytes]:
        status, headers, answer = self._send(session, "HEAD", url, None)
        if status == 200:
            return _EXISTS[0], headers, answer
        hidden = f"{self._base}/{quote(f'.{parcel.name}.part')}"
        status, headers, answer = self._send(session, "PUT", hidden, parcel, may_replace=True)
        _require_done(status, hidden, headers)
        return self._send(session, "MOVE", hidden, None, destination=url)

    def _session(self) -> requests.Session:
        session = requests.Session()
        # Take nothing from the account that runs this: no proxy, no .netrc, no other certificates.
        session.trust_env = False
        ca_file = self._target.ca_file
        if ca_file is not None and not ca_file.is_file():
            raise InputError(
                found="no file", where=str(ca_file), expected="the certificates that the target trusts (PEM)", remedy="Correct ca_file."
            )
        session.verify = True if ca_file is None else str(ca_file)
        token, password = self._target.token_text(), self._target.password_text()
        if token:
            session.headers["Authorization"] = f"Bearer {token}"
        elif password is not None:
            session.headers["Authorization"] = f"Basic {self._target.basic_credentials()}"
        return session

    def _send(
        self,
        session: requests.Session,
        method: str,
        url: str,
        parcel: Parcel | None,
        *,
        may_replace: bool = False,
        destination: str | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        headers = {}
        if parcel is not None:
            digest = base64.b64encode(hashlib.sha256(parcel.content).digest()).decode()
            headers = {"Content-Type": "application/zip", "Content-Digest": f"sha-256=:{digest}:", "Idempotency-Key": f'"{parcel.seal}"'}
            headers |= {} if may_replace else {"If-None-Match": "*"}
        if destination is not None:
            headers = {"Destination": destination, "Overwrite": "F"}
        body = None if parcel is None else parcel.content
        timeout = self._target.timeout_seconds
        with session.request(method, url, data=body, headers=headers, timeout=timeout, allow_redirects=False, stream=True) as response:
            answer = _read(response, LONGEST_ANSWER)
            kept = {name: response.headers[name] for name in (*_KEPT_HEADERS, "Retry-After") if name in response.headers}
            return response.status_code, kept, answer

    def _require_same(self, session: requests.Session, url: str, parcel: Parcel, status: int) -> None:
        """Raises NotDelivered unless the server has exactly this parcel under the name."""
        with session.get(url, timeout=self._target.timeout_seconds, allow_redirects=False, stream=True) as response:
            if response.status_code in _PASSING:
                raise TransientFault(f"{url}: answered {response.status_code}")
            if response.status_code != 200:
                raise NotDelivered(
                    f"{url}: the server says that it has the parcel already (answered {status}) and does not let it be read back "
                    f"({response.status_code}). Ask the recipient whether SHA-256 {parcel.sha256} arrived."
                )
            if _read(response, len(parcel.content) + 1) != parcel.content:
                raise other_content(url)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Distinguishes transient from permanent faults; messages name the address and no header."""
        try:
            yield
        except requests.exceptions.SSLError as error:
            if _is_distrust(error):
                raise NotDelivered(
                    f"{self._base}: the server's certificate is not trusted. Nothing was sent: it may be another machine. "
                    "Ask the recipient; a private authority's certificate belongs in ca_file."
                ) from None
            raise TransientFault(f"{self._base}: the secure connection broke off") from None
        except requests.exceptions.Timeout:
            raise TransientFault(f"{self._base}: no answer within {self._target.timeout_seconds:g} s") from None
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, requests.exceptions.InvalidSchema):
            raise NotDelivered(f"{self._base}: address or credentials cannot be sent as they are. Correct the target.") from None
        except (requests.exceptions.RequestException, OSError) as error:
            raise TransientFault(f"{self._base}: {_reason(error)}") from None


def _read(response: requests.Response, limit: int) -> bytes:
    """The body, cut at `limit`."""
    content = bytearray()
    for part in response.iter_content(1 << 16):
        content += part
        if len(content) >= limit:
            break
    return bytes(content[:limit])


def _require_done(status: int, url: str, headers: dict[str, str] | None = None) -> None:
    if status in _DONE:
        return
    if status in _PASSING:
        raise TransientFault(f"{url}: answered {status}", _seconds((headers or {}).get("Retry-After", "")))
    hint = {401: "Ask the recipient about user, password or token.", 403: "Ask the recipient about the rights of the account."}
    if 300 <= status < 400:
        hint[status] = "Redirections are not followed: ask the recipient for the address."
    raise NotDelivered(f"{url}: answered {status}. {hint.get(status, 'Ask the recipient what is wrong with the request.')}")


def _is_distrust(error: BaseException | None) -> bool:
    """Whether the root cause of an error is a certificate that is not valid."""
    seen: set[int] = set()
    todo = [error]
    while todo:
        one = todo.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, ssl.SSLCertVerificationError):
            return True
        todo += [one.__cause__, one.__context__, getattr(one, "reason", None)]
        todo += [part for part in one.args if isinstance(part, BaseException)]
    return False


def _reason(error: BaseException) -> str:
    """The operating system's message for the root cause of an error, else the kind of error."""
    deepest: BaseException = error
    seen = {id(error)}
    while (inner := deepest.__cause__ or deepest.__context__) is not None and id(inner) not in seen:
        seen.add(id(inner))
        deepest = inner
    return (deepest.strerror if isinstance(deepest, OSError) else None) or type(deepest).__name__


def _seconds(text: str) -> float:
    """Seconds that a Retry-After asks for; 0 without one, or for a date: the growing pauses are enough for it."""
    try:
        return max(0.0, float(int(text)))
    except ValueError:
        return 0.0
