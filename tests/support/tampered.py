"""Tampered packages, each named for what was done to it; and some that are not tampered.

Belongs here: making them, from the packages of two periods. Does not: what a verifier must say of them.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from glassbook.settings import Settings
from reports.filing.life.states import signed_folder
from reports.filing.package.archive import make_archive
from reports.filing.package.seal import make_seal
from tests.support.signers import SIGNERS, signatures_of

Files = dict[str, bytes]


@dataclass(frozen=True)
class Case:
    """A package's archive."""

    what: str
    content: bytes


def files_of(settings: Settings, period: str) -> Files:
    """The files of a submitted package."""
    return {path.name: path.read_bytes() for path in signed_folder(settings, "toy", period, 1).iterdir()}


def tampered_files(files: Files, other: Files) -> Iterator[Case]:
    """Each file changed, truncated, emptied, removed, renamed or taken from another package, in an archive as Glassbook writes it."""
    chance = random.Random(19)
    for name, content in sorted(files.items()):
        for place in (0, len(content) - 1, *chance.sample(range(1, len(content) - 1), 3)):
            flipped = content[:place] + bytes([content[place] ^ (1 << chance.randrange(8))]) + content[place + 1 :]
            yield Case(f"{name}: bit of byte {place}", make_archive(files | {name: flipped}))
        without = {other_name: kept for other_name, kept in files.items() if other_name != name}
        yield Case(f"{name}: cut", make_archive(files | {name: content[:-1]}))
        yield Case(f"{name}: emptied", make_archive(files | {name: b""}))
        yield Case(f"{name}: longer", make_archive(files | {name: content + b"\n"}))
        yield Case(f"{name}: dropped", make_archive(without))
        yield Case(f"{name}: renamed", make_archive(without | {f"{name}.old": content}))
        yield Case(f"{name}: of another package", make_archive(files | {name: other[name]}))
    for name in ("extra.txt", ".hidden", "sub/extra.txt", "seal", "\u8868.csv", "\uff5e.csv", "\U0001f600.csv", "a\u202eb\n", "\u00e9"):
        yield Case(f"{name}: added", make_archive(files | {name: b"x"}))
    # By code points the first comes first, by halves of surrogate pairs the second.
    yield Case("two: added", make_archive(files | {"\uff5e.csv": b"x", "\U0001f600.csv": b"x"}))


def tampered_seals(files: Files, sign: Callable[[str], bytes]) -> Iterator[Case]:
    """The seal rewritten, with a matching sum and without."""
    *lines, whole = files["SEAL"].decode().splitlines(keepends=True)

    def sealed(lines: list[str], **more: bytes) -> bytes:
        body = "".join(lines)
        digest = hashlib.sha256(body.encode()).hexdigest()
        signed = {"SIGNATURES": sign(digest)} if more.get("signed") else {}
        return make_archive(files | signed | {"SEAL": f"{body}whole {digest}\n".encode()})

    for what, changed in (
        ("the same", lines),
        ("another seal before", [lines[0], f"previous {'ab' * 32}\n", *lines[2:]]),
        ("none before", [lines[0], "previous none\n", *lines[2:]]),
        ("lines in another order", [*lines[:2], *lines[:1:-1]]),
        ("a file twice", [*lines[:3], *lines[2:]]),
        ("a file twice with another sum", [*lines[:2], f"file {'0' * 64}{lines[2][69:]}", *lines[2:]]),
        ("a file less", lines[:-1]),
        ("a file more", [*lines, f"file {'0' * 64}  z.csv\n"]),
        ("itself in it", [*lines[:2], f"file {'0' * 64}  SEAL\n", *lines[2:]]),
        ("another first line", ["glassbook-seal 2\n", *lines[1:]]),
        ("a line that is none", [*lines, "\n"]),
        ("other line ends", [line.replace("\n", "\r\n") for line in lines]),
    ):
        yield Case(f"seal: {what}", sealed(changed))
        yield Case(f"seal: {what}, signed", sealed(changed, signed=b"yes"))
    text = files["SEAL"]
    for what, content in (
        ("a mark before", b"\xef\xbb\xbf" + text),
        ("UTF-16", text.decode().encode("utf-16")),
        ("no UTF-8", text.replace(b"figures", b"figur\xff")),
        ("another sum", text.replace(whole.encode(), f"whole {'0' * 64}\n".encode())),
        ("capitals", text.upper()),
    ):
        yield Case(f"seal: {what}", make_archive(files | {"SEAL": content}))


def tampered_signatures(files: Files, other: Files) -> Iterator[Case]:
    """Sign-offs removed, moved, doubled or rewritten; unknown keys and keys of small order."""
    text = files["SIGNATURES"].decode()
    first, one, two, three, keys = text.split("\n\n")
    lines = keys.splitlines(keepends=True)
    foreign = other["SIGNATURES"].decode().split("\n\n")[2]
    for what, blocks, publics in (
        ("one less", [one, two], lines[:2]),
        ("in another order", [two, one, three], [lines[1], lines[0], lines[2]]),
        ("one twice", [one, one, two, three], [lines[0], *lines]),
        ("one of another package", [one, foreign, three], lines),
        ("keys in another order", [one, two, three], lines[::-1]),
        ("none", [], lines),
        ("no keys", [one, two, three], []),
    ):
        yield Case(f"signatures: {what}", make_archive(files | {"SIGNATURES": "\n\n".join([first, *blocks, "".join(publics)]).encode()}))
    for what, before, after in (
        ("another person", "wang.wei", "wang.wu"),
        ("one person", "wang.wei", "li.na"),
        ("a person with a space", "wang.wei", "wang wei"),
        ("a person who looks alike", "wang.wei", "w\u0430ng.wei"),
        ("a person with a line end of another kind", "wang.wei", "wang\u2028wei"),
        ("another role", "role approver", "role auditor"),
        ("a role with a line end of another kind", "role approver", "role approver\u2028x"),
        ("another version", "version 1", "version 2"),
        ("a version with a nought", "version 1", "version 01"),
        ("another filing", "filing toy-2019-12", "filing toy-2019-11"),
        ("a day that there is not", "2020-01-06T", "2020-02-30T"),
        ("an hour that there is not", "T02:", "T24:"),
        ("a year that there is not", "2020-01-06T", "0000-01-06T"),
        ("before the key", "2020-01-06T", "2019-01-06T"),
        ("after the key", "2020-01-06T", "2030-01-06T"),
        ("with parts of a second", "02:00:00+", "02:00:00.000001+"),
        ("with few parts of a second", "02:00:00+", "02:00:00.001+"),
        ("at another hour", "+00:00", "+08:00"),
        ("other line ends", "\n", "\r\n"),
        ("a hash in capitals", re.findall(r"key ([0-9a-f]{64})", text)[0], re.findall(r"key ([0-9a-f]{64})", text)[0].upper()),
    ):
        assert before in text, what
        yield Case(f"signatures: {what}", make_archive(files | {"SIGNATURES": text.replace(before, after).encode()}))
    yield Case("signatures: no UTF-8", make_archive(files | {"SIGNATURES": text.encode() + b"\xff"}))
    # With the key of order one and the same point as commitment, zero is a valid signature of everything.
    identity = "01" + "00" * 31
    for what, key, commitment in (
        ("of order one", identity, identity),
        ("of order one, written too long", "ee" + "ff" * 30 + "7f", identity),
        ("of order one, on the other side", identity[:-2] + "80", identity),
        ("of order two", "ec" + "ff" * 30 + "7f", identity),
        ("that is no point", "02" + "00" * 31, identity),
    ):
        known, public = hashlib.sha256(bytes.fromhex(key)).hexdigest(), lines[0].split()[1]
        forged = text.replace(public, key).replace(hashlib.sha256(bytes.fromhex(public)).hexdigest(), known)
        forged = re.sub("signature [0-9a-f]+", f"signature {commitment}{'00' * 32}", forged, count=1)
        yield Case(f"signatures: a key {what}", make_archive(files | {"SIGNATURES": forged.encode()}))


# WHOLE stands for the document, REST for all of it after its first brace.
HEADS = {
    "as it was": "WHOLE",
    "more spaces": "\n\t WHOLE \r\n",
    "a key twice": '{"status": "draft", REST',
    "a key twice, written otherwise": '{"st\\u0061tus": "draft", REST',
    "a key twice inside": '{"x": [{"a": 1, "a": 1}], REST',
    "a key of every object": '{"__proto__": {"status": "draft"}, REST',
    "NaN": '{"x": NaN, REST',
    "Infinity": '{"x": [-Infinity], REST',
    "a number too large": '{"x": 1e999, REST',
    "a number with a nought before": '{"x": 01, REST',
    "an integer of 100 digits": f'{{"x": {"9" * 100}, REST',
    "an integer of 101 digits": f'{{"x": {"9" * 101}, REST',
    "an integer of 5000 digits": f'{{"x": {"9" * 5000}, REST',
    "100 deep": f'{{"x": {"[" * 99}{"]" * 99}, REST',
    "101 deep": f'{{"x": {"[" * 100}{"]" * 100}, REST',
    "5000 deep": f'{{"x": {"[" * 5000}{"]" * 5000}, REST',
    "brackets in a text": f'{{"x": "{"[" * 200}\\"{{", REST',
    "half a sign": '{"x": "\\ud800", REST',
    "a comma too many": '{"x": [1,], REST',
    "a comment": "{/* x */ REST",
    "a control sign": '{"x": "\x01", REST',
    "another space": "\u00a0WHOLE",
    "a mark before": "\ufeffWHOLE",
    "two of it": "WHOLEWHOLE",
}
VALUES = {
    "a version of truth": {"version": True},
    "a version as a fraction": {"version": 1.0},
    "a version as a text": {"version": "1"},
    "a version that no double holds": {"version": 2**53 + 1},
    "a version less": {"version": -1},
    "no regime": {"regime": None},
    "another regime": {"regime": "toy\u202e"},
    "a draft": {"status": "draft"},
    "nobody signs": {"sign_offs": []},
    "one signs": {"sign_offs": ["preparer"]},
    "roles that look like two": {"sign_offs": ["preparer\napprover", "legal_representative"]},
    "roles as a text": {"sign_offs": "preparer"},
    "roles of numbers": {"sign_offs": [1, 2, 3]},
    "roles of nothing": {"sign_offs": None},
    "roles the other way round": {"sign_offs": list(SIGNERS)[::-1]},
}


def resealed(files: Files, head: bytes, sign: Callable[[str], bytes] | None) -> bytes:
    """A package with another filing.json that its makers sealed, and signed, by the rules."""
    contents = {name: content for name, content in files.items() if name not in ("SEAL", "SIGNATURES")} | {"filing.json": head}
    seal = make_seal(contents, None)
    signed = {} if sign is None else {"SIGNATURES": sign(seal.whole)}
    return make_archive(contents | {"SEAL": seal.text().encode()} | signed)


def odd_heads(files: Files, sign: Callable[[str], bytes]) -> Iterator[Case]:
    """A filing.json that two readers might read differently, sealed and signed by the rules; and one that says something else."""
    document = files["filing.json"].decode()
    for what, form in HEADS.items():
        head = form.replace("WHOLE", document).replace("REST", document[1:]).encode()
        yield Case(f"head: {what}", resealed(files, head, sign))
    for what, values in VALUES.items():
        head = json.dumps(json.loads(document) | values).encode()
        yield Case(f"head: {what}", resealed(files, head, sign))
        yield Case(f"head: {what}, unsigned", resealed(files, head, None))
    for encoding in ("utf-16", "utf-16-le", "utf-32", "utf-8-sig"):
        yield Case(f"head: in {encoding}", resealed(files, document.encode(encoding), sign))
    for what, content in (
        ("half a sign in UTF-8", document.replace("toy", "\ud800").encode("utf-8", "surrogatepass")),
        ("Latin-1", document.replace("toy", "\u00e9").encode("latin-1")),
        ("a list", b"[]"), ("a text", b'"x"'), ("nothing", b""), ("null", b"null"), ("an object", b"{}"),
    ):  # fmt: skip
        yield Case(f"head: {what}", resealed(files, content, sign))


def signer(settings: Settings) -> Callable[[str], bytes]:
    """The three people of a home, who sign any seal as the filing of December 2019."""
    return lambda seal: signatures_of(settings, "toy-2019-12", 1, seal)
