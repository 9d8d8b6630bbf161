"""Verifies Glassbook filings alone: Python 3.9 or newer, this one file, no network, no other package. It changes nothing.

    python3 verify_filing.py --keys register.json cn-2019-11.zip cn-2019-12.zip

Each PACKAGE is the folder or the .zip of a filing. It checks that every file is the one that was sealed and that none was added or is
missing (SHA-256), that each role signed this very seal (Ed25519, RFC 8032), by a person of its own, with a key that the register (--keys)
gives to that person for that moment; and, given several packages in the order of their submission, that each names the seal of the one
before. With --keys a package has to be signed; without, one that asks for no signature is only said to be one. Everything that does not
hold is named; where what the files come in is not as it was written, it is said of the files by themselves whether they are as sealed.
Exit code 0: all of it holds. 1: something does not. 2: the call was wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from itertools import accumulate
from pathlib import Path
from typing import Any

Point = tuple[int, int, int, int]
# Who signs a filing, in this order; a package has no say in it.
ROLES = ["preparer", "approver", "legal_representative"]
# What desktop systems leave in folders, and put into archives; files that begin so are a file's other half on a foreign disk.
DESKTOP = re.compile(r"(?i)(^|/)(\.DS_Store|__MACOSX|Thumbs\.db|ehthumbs\.db|desktop\.ini|\.directory|\._[^/]*)(/|$)")
# Unpacked, a file of such a name would lie elsewhere than in the package's folder, or over another one.
OUTSIDE = re.compile(r"(^|/)\.{0,2}(/|$)|\\|^[A-Za-z]:")
HASH, PERSON = "[0-9a-f]{64}", "[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*"
INSTANT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{6})?\+00:00"
FIELDS = {"filing": ".+", "version": "[1-9][0-9]*", "seal": HASH, "role": ".+", "person": PERSON, "key": HASH, "at": INSTANT}
FIELDS.update({"log": f"{HASH}|none", "signature": "[0-9a-f]{128}"})


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# ── Ed25519, as RFC 8032, section 5.1, has it ───────────────────────────────────────────────────────────────────────
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def x_of(y: int, sign: int) -> int | None:
    """The x of a point of the curve, by its y and the lowest bit of x; None where there is none."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P != 0:
        return None
    return P - x if x & 1 != sign else x


def point_of(encoded: bytes) -> Point | None:
    """A point in extended coordinates (X, Y, Z, T) from its 32 bytes; None for bytes that are no point."""
    number = int.from_bytes(encoded, "little")
    y = number & ((1 << 255) - 1)
    x = x_of(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


def add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar: int, point: Point) -> Point:
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `signature` (64 bytes) of `message` was made with the private half of `public` (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = point_of(public), point_of(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or BASE is None or scalar >= ORDER:
        return False
    # Points of a small order: with such a key anybody's signature fits.
    if times(8, key)[0] == 0 or times(8, commitment)[0] == 0:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = times(scalar, BASE), add(commitment, times(challenge, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def read_package(path: Path, problems: list[str], wrong: list[str]) -> dict[str, bytes]:
    """The files of a package by name; `wrong` is what is not right about what holds them alone."""
    found: dict[str, bytes] = {}
    folders = []
    try:
        for name, content in read_folder(path) if path.is_dir() else read_archive(path, wrong):
            if DESKTOP.search(name):
                wrong.append(f"{name}: was left by a desktop system, and is no part of the package")
            elif name.endswith("/"):
                folders.append(name)
            elif content is None or name in found:
                problems.append(f"{name}: {'is no plain file' if content is None else 'is in the archive twice'}")
            elif OUTSIDE.search(name):
                problems.append(f"{name}: leads out of the package")
            else:
                found[name] = content
    except Exception as error:  # damaged bytes make the reader of archives raise a dozen kinds
        problems.append(f"the archive cannot be read: {error}")
        return {}
    top = min(found, default="").partition("/")[0] + "/"
    if "SEAL" not in found and f"{top}SEAL" in found and all(name.startswith(top) for name in found):
        wrong.append(f"{top}: stands around the files of the package, which lie in no folder")
        found = {name[len(top) :]: content for name, content in found.items()}
        folders = [name for name in folders if name != top]
    wrong.extend(f"{name}: a folder was added" for name in folders)
    if path.is_file() and not problems and not wrong and plain_archive(found) != path.read_bytes():
        wrong.append("the archive is not as it was written, though its files may be")
    return found


def read_folder(path: Path) -> Iterator[tuple[str, bytes | None]]:
    """Names and contents: None for what is no plain file. Whatever lies in a folder without a seal is not read."""
    inner = [path] if (path / "SEAL").exists() else [entry for entry in path.iterdir() if not DESKTOP.search(entry.name)]
    if len(inner) == 1 and not (inner[0].is_symlink() and inner[0] != path) and (inner[0] / "SEAL").exists():
        for entry in sorted(path.rglob("*")):
            name = entry.relative_to(path).as_posix()
            if entry.is_dir() and not entry.is_symlink():
                yield f"{name}/", b""
            else:
                yield name, entry.read_bytes() if entry.is_file() and not entry.is_symlink() else None


def read_archive(path: Path, wrong: list[str]) -> Iterator[tuple[str, bytes]]:
    """Names and contents, also out of an archive that another program has written."""
    with zipfile.ZipFile(path) as archive:
        entries, whole = archive.infolist(), path.read_bytes()
        size = len(whole)
        unpacked = sum(entry.file_size for entry in entries)
        if any(entry.compress_type for entry in entries) or unpacked > size:
            wrong.append("the archive is not as it was written: its files are not stored as they are")
        if unpacked > max(64 * 2**20, 50 * size):
            raise ValueError(f"it would unpack to {unpacked} bytes")
        for entry in entries:
            yield name_of(entry, wrong), content_of(entry, archive, whole)


def content_of(entry: zipfile.ZipInfo, archive: zipfile.ZipFile, whole: bytes) -> bytes:
    """The bytes of an entry: as many as it says and no more, whatever it would unpack to."""
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"{entry.filename} is packed in a way that not every Python reads")
    with archive.open(entry) as file:
        content, is_whole = file.read(entry.file_size + 1), entry.compress_size == entry.file_size
    if entry.compress_type == zipfile.ZIP_DEFLATED:
        start = entry.header_offset + 30 + sum(struct.unpack_from("<HH", whole, entry.header_offset + 26))
        engine = zlib.decompressobj(-zlib.MAX_WBITS)
        engine.decompress(whole[start : start + entry.compress_size], entry.file_size + 1)
        is_whole = engine.eof and not engine.unused_data
    if len(content) != entry.file_size or not is_whole:
        raise ValueError(f"{entry.filename} is not as long as it says")
    return content


def name_of(entry: zipfile.ZipInfo, wrong: list[str]) -> str:
    """The name of an entry; some programs write it in the signs of their machine, and do not say which these are."""
    if entry.filename.isascii() or entry.flag_bits & 0x800:
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            name = entry.filename.encode("cp437").decode(encoding)
        except UnicodeDecodeError:
            continue
        wrong.append(f"{name}: its name is not marked as UTF-8 in the archive")
        return name
    raise ValueError(f"the signs of the name {entry.filename} are unknown")


def plain_archive(files: dict[str, bytes]) -> bytes:
    """The one archive that Glassbook writes of these files: in order of name, stored, every stamp the same."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr, entry.create_system = 0o100644 << 16, 3
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def check_seal(files: dict[str, bytes], problems: list[str]) -> tuple[str | None, str | None]:
    """Name of the seal (its last line) and of the one before it; (None, None) when the seal itself does not hold."""
    try:
        text = files["SEAL"].decode()
        parts = re.fullmatch(r"(glassbook-seal 1\nprevious (?:[0-9a-f]{64}|none)\n)(.*)whole ([0-9a-f]{64})\n", text, re.S)
        if parts is None:
            raise ValueError("it is not a seal as Glassbook writes it")
        head, body, whole = parts.groups()
        listed = re.findall(r"file ([0-9a-f]{64})  ([^\n]+)\n", body)
        in_order = "".join(f"file {digest}  {name}\n" for digest, name in sorted(listed, key=lambda pair: pair[1]))
        if in_order != body or len({name for _, name in listed}) != len(listed):
            raise ValueError("its lines are not those of a seal, or name a file twice")
        if sha256((head + body).encode()) != whole:
            raise ValueError("its last line is not the SHA-256 of the lines above")
    except (KeyError, ValueError) as error:
        problems.append("SEAL: is missing" if "SEAL" not in files else f"SEAL: was changed ({error})")
        return None, None
    sealed = {name: digest for digest, name in listed}
    found = {name: sha256(content) for name, content in files.items() if name not in ("SEAL", "SIGNATURES")}
    problems.extend(f"{name}: was changed" for name in sorted(sealed.keys() & found.keys()) if sealed[name] != found[name])
    problems.extend(f"{name}: {'is missing' if name in sealed else 'was added'}" for name in sorted(sealed.keys() ^ found.keys()))
    return whole, head.split()[3]


def check_signatures(files: dict[str, bytes], seal: str, register: list[dict[str, str]] | None, problems: list[str]) -> None:
    """Prints who signed, and adds what does not hold."""
    try:
        document = parse_json(files["filing.json"])
        regime, period, version, roles, status = (document[name] for name in ("regime", "period", "version", "sign_offs", "status"))
        if type(version) is not int or not isinstance(roles, list) or not all(isinstance(t, str) for t in (regime, period, status, *roles)):
            raise ValueError("it says it otherwise than Glassbook does")
    except (KeyError, ValueError, TypeError):
        problems.append("filing.json: does not say what filing this is and who has to sign it")
        return
    filing, is_draft = f"{regime}-{period}", status == "draft"
    print(plain(f"  filing {filing} version {version}: {'DRAFT, not to be relied on' if is_draft else status}"))
    if roles not in ([], ROLES):
        problems.append(f"filing.json: wants it signed as {', '.join(roles)}; a filing is signed as {', '.join(ROLES)}")
    # Who was given a register receives submissions, and these are signed.
    is_wanted = register is not None or (bool(roles) and not is_draft)
    problems.extend(["filing.json: says that it is a draft, which nobody may sign"] if is_wanted and is_draft else [])
    if "SIGNATURES" not in files:
        print("  signed by nobody")
        problems.extend([f"SIGNATURES: is missing: nobody has signed as {', '.join(ROLES)}"] if is_wanted else [])
    elif is_wanted:
        check_sign_offs(files["SIGNATURES"], (filing, str(version), seal), register, problems)
    else:
        problems.append("SIGNATURES: was added")


def check_sign_offs(content: bytes, signed: tuple[str, str, str], register: list[dict[str, str]] | None, problems: list[str]) -> None:
    """Prints who signed what should be `signed`: filing, version and seal."""
    try:
        sign_offs, publics = parse_signatures(content.decode())
    except ValueError as error:
        problems.append(f"SIGNATURES: was changed ({error})")
        return
    for sign_off in sign_offs:
        what = f"SIGNATURES: the sign-off of {sign_off['person']} as {sign_off['role']}"
        message = "glassbook sign-off 1\n" + "".join(f"{name} {sign_off[name]}\n" for name in list(FIELDS)[:-1])
        public = publics[sign_off["key"]]
        if not is_signed(bytes.fromhex(public), bytes.fromhex(sign_off["signature"]), message.encode()):
            problems.append(f"{what}: the signature does not fit")
        if (sign_off["filing"], sign_off["version"], sign_off["seal"]) != signed:
            problems.append(f"{what}: is for another package")
        if register is not None:
            problems.extend(f"{what}: {found}" for found in check_key(sign_off, register))
        print(plain(f"  signed as {sign_off['role']} by {sign_off['person']} at {sign_off['at']}, key {sign_off['key']}"))
    if [sign_off["role"] for sign_off in sign_offs] != ROLES:
        problems.append(f"SIGNATURES: is signed as {', '.join(s['role'] for s in sign_offs)}, and should be as {', '.join(ROLES)}")
    if len({sign_off["person"] for sign_off in sign_offs}) != len(sign_offs):
        problems.append("SIGNATURES: one person signed in two roles")


def parse_json(content: bytes) -> Any:
    """The value of a JSON text in UTF-8, read alike by every Python and by browsers. Raises ValueError."""
    text = content.decode()
    outside = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    if max(accumulate((sign in "[{") - (sign in "]}") for sign in outside), default=0) > 100:
        raise ValueError("it is nested too deeply")
    return json.loads(text, object_pairs_hook=once, parse_int=whole_number, parse_constant=whole_number)


def whole_number(text: str) -> int:
    """An integer. Raises ValueError for one of more than 100 signs, and for NaN and its like, which are no JSON."""
    if re.fullmatch("-?[0-9]+", text) is None or len(text) > 100:
        raise ValueError(f"{text[:20]} is no number")
    return int(text)


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON; a key that stands twice would let two readers see two filings."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def plain(text: str) -> str:
    """Text without signs that a terminal would obey: names of files are whatever someone chose."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def parse_signatures(text: str) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The sign-offs, and public keys by their id. Raises ValueError unless the text is exactly as Glassbook writes it."""
    first, *blocks, last = text.split("\n\n")
    shape = "\n".join(f"{name} ({pattern})" for name, pattern in FIELDS.items())
    sign_offs = []
    for block in blocks:
        if (found := re.fullmatch(shape, block)) is None:
            raise ValueError("a sign-off is not as Glassbook writes it")
        sign_offs.append({name: found[place] for place, name in enumerate(FIELDS, start=1)})
        instant(sign_offs[-1]["at"])
    lines = re.findall(r"public-key ([0-9a-f]{64}) (\S+)\n", last)
    written = "".join(f"public-key {public} {person}\n" for public, person in lines)
    if first != "glassbook-signatures 1" or not sign_offs or written != last:
        raise ValueError("its lines are not as Glassbook writes them")
    if [(sha256(bytes.fromhex(public)), person) for public, person in lines] != [(s["key"], s["person"]) for s in sign_offs]:
        raise ValueError("its public keys are not those of its sign-offs")
    return sign_offs, {sha256(bytes.fromhex(public)): public for public, _ in lines}


def check_key(sign_off: dict[str, str], register: list[dict[str, str]]) -> list[str]:
    """Why the register does not bear a sign-off out."""
    key = next((key for key in register if sha256(bytes.fromhex(key["public"])) == sign_off["key"]), None)
    if key is None:
        return ["its key is not in the register"]
    ends = [instant(key[name]) for name in ("valid_until", "revoked_at") if key[name] is not None]
    holds = instant(key["valid_from"]) <= instant(sign_off["at"]) < min(ends)
    problems = [] if key["person"] == sign_off["person"] else [f"its key belongs to {key['person']}"]
    return problems if holds else [*problems, "its key did not hold at that moment"]


def instant(text: str) -> datetime:
    """An instant (UTC). Raises ValueError for anything else."""
    if re.fullmatch(INSTANT, text) is None:
        raise ValueError(f"{text!r} is no instant as Glassbook writes it")
    return datetime.fromisoformat(text)


def read_register(path: Path) -> list[dict[str, str]]:
    """The keys of a register. Raises ValueError, KeyError or TypeError for what is none."""
    keys: list[dict[str, str]] = parse_json(path.read_bytes())["keys"]
    for key in keys:
        if re.fullmatch(HASH, key["public"]) is None or re.fullmatch(PERSON, key["person"]) is None:
            raise ValueError("it has a key that is none, or of nobody")
        [instant(key[name]) for name in ("valid_from", "valid_until", "revoked_at") if name != "revoked_at" or key[name] is not None]
    return keys


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="+", type=Path, metavar="PACKAGE")
    parser.add_argument("--keys", type=Path, help="register of public keys, received by another way than the packages")
    given = parser.parse_args()
    try:
        register = None if given.keys is None else read_register(given.keys)
        if absent := [str(path) for path in given.packages if not path.exists()]:
            raise OSError(f"nothing at {', '.join(absent)}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    count, before = 0, None
    for path in given.packages:
        problems: list[str] = []
        wrong: list[str] = []
        print(path)
        files = read_package(path, problems, wrong)
        seal, previous = check_seal(files, problems)
        if seal is not None:
            check_signatures(files, seal, register, problems)
            print(f"  seal {seal}\n  after {previous}")
            if before not in (None, previous):
                problems.append(f"SEAL: does not follow the package named before it (seal {before})")
            before = seal
        print("".join(f"  PROBLEM {plain(problem)}\n" for problem in [*wrong, *problems]), end="")
        if wrong:
            print("  the files themselves: " + ("not as sealed" if problems else "as sealed; what holds them is not as it was written"))
        print("  does not hold" if problems or wrong else "  holds")
        count += len(problems) + len(wrong)
    if register is None:
        print("No --keys: compare the keys above with the register that you were given.")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
