"""The stand-alone script: its Ed25519 against RFC 8032 and `cryptography`, and what it says of packages that were tampered with."""

from __future__ import annotations

import ast
import hashlib
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from glassbook.settings import Settings
from reports.filing.life.life import load_life
from reports.filing.life.states import signed_folder
from reports.filing.package.package import write_package
from reports.filing.package.seal import make_seal
from reports.signing.hand_out import STAND_ALONE, write_hand_out
from reports.signing.register import read_register
from reports.verifying.package import verify_package
from reports.verifying.stand_alone import verify_filing
from tests.support.signers import SIGNERS, signatures_of
from tests.support.small_filings import small_filings

# RFC 8032, section 7.1: public key, message, signature of tests 1 to 3.
RFC_8032 = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
)  # fmt: skip


def theirs(public: bytes, signature: bytes, message: bytes) -> bool:
    """The verdict of `cryptography`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_vectors_of_the_rfc(public: str, message: str, signature: str) -> None:
    key, said, signed = (bytes.fromhex(text) for text in (public, message, signature))
    assert verify_filing.is_signed(key, signed, said) and theirs(key, signed, said)
    assert not verify_filing.is_signed(key, signed, said + b"x")


def test_the_same_verdict_as_cryptography_on_right_and_wrong_signatures() -> None:
    chance = random.Random(8032)
    for number in range(12):
        private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(bytes([number])).digest())
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        message = chance.randbytes(chance.randrange(200))
        signature = private.sign(message)
        assert verify_filing.is_signed(public, signature, message)
        for kind in range(4):
            parts = [bytearray(public), bytearray(signature), bytearray(message or b"x")]
            if kind < 3:
                parts[kind][chance.randrange(len(parts[kind]))] ^= 1 << chance.randrange(8)
            else:
                # The same point twice round the group: RFC 8032 wants a scalar below the order.
                scalar = int.from_bytes(signature[32:], "little") + verify_filing.ORDER
                parts[1][32:] = scalar.to_bytes(32, "little")
                parts[2] = bytearray(message)
            given = tuple(bytes(part) for part in parts)
            wrong = (given[0], given[1], given[2])
            assert verify_filing.is_signed(*wrong) == theirs(*wrong) is False


def test_it_needs_nothing_but_python() -> None:
    tree = ast.parse((STAND_ALONE / "verify_filing.py").read_text(encoding="utf-8"), feature_version=(3, 9))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= set(sys.stdlib_module_names)


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Path]:
    """A home with two submitted filings, and what its recipient was given."""
    folder = tmp_path_factory.mktemp("alone")
    settings = small_filings(folder / "home", ("2019-11", "2019-12"))
    write_hand_out(settings, folder / "given")
    return settings, folder / "given"


def alone(given: Path, *arguments: str | Path) -> tuple[int, str]:
    """Runs the delivered script, in a Python without any package."""
    command = [sys.executable, "-I", "-S", str(given / "verify_filing.py"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=given)
    return done.returncode, done.stdout + done.stderr


def test_a_recipient_verifies_packages_and_their_chain(handed_out: tuple[Settings, Path], tmp_path: Path) -> None:
    settings, given = handed_out
    assert {path.name for path in given.iterdir()} == {"register.json", "verify_filing.py", "VERIFYING.md"}
    first, second = (signed_folder(settings, "toy", period, 1) for period in ("2019-11", "2019-12"))
    keys = ("--keys", "register.json")
    code, said = alone(given, *keys, first, second.with_name("v1.zip"))
    assert code == 0 and said.count("  holds") == 2 and "signed as approver by wang.wei" in said
    code, said = alone(given, *keys, second, first)
    assert code == 1 and "does not follow the package named before it" in said
    code, said = alone(given, first)
    assert code == 0 and "compare the keys above with the register" in said
    (tmp_path / "empty.json").write_text('{"keys": []}')
    code, said = alone(given, "--keys", tmp_path / "empty.json", first)
    assert code == 1 and said.count("its key is not in the register") == 3
    assert alone(given, *keys, tmp_path / "nothing")[0] == 2
    (tmp_path / "broken.json").write_text('{"keys": [{"public": "zz"}]}')
    assert alone(given, "--keys", tmp_path / "broken.json", first)[0] == 2
    shutil.copytree(first, tmp_path / "copy")
    (tmp_path / "copy" / "figures.csv").write_bytes(b"code,value\nX,9.00\n")
    code, said = alone(given, *keys, tmp_path / "copy")
    assert code == 1 and "PROBLEM figures.csv: was changed" in said


def forged(settings: Settings, folder: Path, roles: tuple[str, ...], **head: Any) -> Path:
    """A package that its makers sealed and signed by the rules, in the roles given, for any filing.json."""
    contents = {path.name: path.read_bytes() for path in signed_folder(settings, "toy", "2019-12", 1).iterdir()}
    contents = {name: content for name, content in contents.items() if name not in ("SEAL", "SIGNATURES")}
    document = json.loads(contents["filing.json"]) | head
    contents["filing.json"] = json.dumps(document).replace('"twice"', f'"status": {json.dumps(document["status"])}, "status"').encode()
    seal = make_seal(contents, None).whole
    beside = {"SIGNATURES": signatures_of(settings, "toy-2019-12", 1, seal, roles)} if roles else {}
    return write_package(folder, contents, None, beside).folder


ALL = tuple(SIGNERS)


@pytest.mark.parametrize(
    ("roles", "head", "words"),
    [
        (ALL, {}, None),
        # One insider with one key, whose package says that no other person must sign.
        (("preparer",), {"sign_offs": ["preparer"]}, "filing.json: wants it signed as preparer; a filing is signed as preparer, approver"),
        (("approver",), {}, "SIGNATURES"),
        ((), {"sign_offs": []}, "SIGNATURES: is missing: nobody has signed as preparer, approver, legal_representative"),
        ((), {"status": "draft"}, "filing.json: says that it is a draft"),
        (ALL, {"status": "draft"}, "filing.json: says that it is a draft"),
        (ALL, {"sign_offs": []}, None),
        (ALL[::-1], {"sign_offs": list(ALL[::-1])}, "filing.json: wants it signed as legal_representative"),
        (ALL, {"version": True}, "filing.json: does not say"),
        (ALL, {"version": "1"}, "filing.json: does not say"),
        (ALL, {"twice": "draft"}, "filing.json: does not say"),
        (ALL, {"regime": None}, "filing.json: does not say"),
    ],
)
def test_who_signs_is_not_the_packages_to_say_and_both_verifiers_agree(
    handed_out: tuple[Settings, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    roles: tuple[str, ...],
    head: dict[str, Any],
    words: str | None,
) -> None:
    settings, given = handed_out
    package = forged(settings, tmp_path / "forged", roles, **head)
    for path in (package, package.with_name("forged.zip")):
        found = verify_package(path, read_register(settings), is_signed=True).problems
        monkeypatch.setattr(sys, "argv", ["verify_filing.py", "--keys", str(given / "register.json"), str(path)])
        code = verify_filing.main()
        said = capsys.readouterr().out
        if words is None:
            assert (found, code) == ((), 0), said
        else:
            assert any(problem.startswith(words) for problem in found) and code == 1 and f"PROBLEM {words}" in said, (found, said)


def test_both_verifiers_ask_for_the_roles_of_the_table() -> None:
    assert tuple(verify_filing.ROLES) == load_life().roles == ALL


def test_a_seal_that_names_a_file_twice_is_none_for_both(
    handed_out: tuple[Settings, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, _ = handed_out
    package = forged(settings, tmp_path / "forged", (), sign_offs=[])
    *lines, _whole = (package / "SEAL").read_text().splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if line.endswith("figures.csv\n"))
    lines.insert(place, f"file {'0' * 64}  figures.csv\n")
    body = "".join(lines)
    (package / "SEAL").write_text(f"{body}whole {hashlib.sha256(body.encode()).hexdigest()}\n")
    monkeypatch.setattr(sys, "argv", ["verify_filing.py", str(package)])
    assert verify_filing.main() == 1 and "PROBLEM SEAL: was changed" in capsys.readouterr().out
    assert verify_package(package).problems[0].startswith("SEAL: was changed")


@pytest.mark.skipif(any(shutil.which(name) is None for name in ("openssl", "xxd", "awk")), reason="needs openssl, xxd and awk")
def test_the_page_says_how_to_verify_by_hand(handed_out: tuple[Settings, Path], tmp_path: Path) -> None:
    settings, given = handed_out
    package = shutil.copytree(signed_folder(settings, "toy", "2019-12", 1), tmp_path / "package")
    shutil.copy(given / "register.json", package)
    page = (given / "VERIFYING.md").read_text(encoding="utf-8")
    lines = [line.strip() for line in page.splitlines() if line.startswith("    ") and "verify_filing.py" not in line]
    assert len(lines) == 9
    for role in ("preparer", "approver", "legal_representative"):
        script = "\n".join(lines).replace("role=preparer", f"role={role}")
        done = subprocess.run(["sh", "-e", "-c", script], cwd=package, capture_output=True, text=True, check=False)
        assert done.returncode == 0 and "Signature Verified Successfully" in done.stdout, (role, done.stdout, done.stderr)
        assert "figures.csv: OK" in done.stdout


@pytest.mark.parametrize("name", ["SEAL", "SIGNATURES", "figures.csv", "filing.json"])
def test_every_changed_byte_is_found_as_glassbook_finds_it(
    name: str, handed_out: tuple[Settings, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, given = handed_out
    package = shutil.copytree(signed_folder(settings, "toy", "2019-12", 1), tmp_path / "package")
    # Which signature fits is tested above; every other check runs in full for each byte.
    fits = {(s.key, s.signature, s.message()) for s in verify_package(package).signatures.sign_offs}  # type: ignore[union-attr]
    monkeypatch.setattr(
        verify_filing, "is_signed", lambda public, signed, said: (hashlib.sha256(public).hexdigest(), signed.hex(), said) in fits
    )
    monkeypatch.setattr(sys, "argv", ["verify_filing.py", "--keys", str(given / "register.json"), str(package)])
    assert verify_filing.main() == 0
    original = (package / name).read_bytes()
    for place in range(len(original)):
        (package / name).write_bytes(original[:place] + bytes([original[place] ^ 0x01]) + original[place + 1 :])
        capsys.readouterr()
        assert verify_filing.main() == 1, place
        assert f"PROBLEM {name}" in capsys.readouterr().out
    (package / name).unlink()
    assert verify_filing.main() == 1
    assert f"PROBLEM {name}: is missing" in capsys.readouterr().out
