"""Tampering with everything that was ever filed: for any change in a small home, `verify` names it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from glassbook.chained_file import ChainBroken
from glassbook.errors import CheckFailed
from glassbook.settings import Settings
from reports.audit import home as module
from reports.audit.home import verify_home
from reports.doctor.filings import look_at_filings
from reports.filing.acts.acts import answer_filing, open_filing
from reports.filing.life.log import HEAD_NAME, LogEntry, log_path, read_log
from reports.filing.life.states import fold, signed_folder
from reports.filing.package.archive import make_archive
from reports.signing.register import register_path
from reports.signing.sign_off import SignOff
from reports.signing.signatures import SIGNATURES_NAME
from reports.verifying.package import verify_package
from tests.support.small_filings import small_filings, small_world


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two submitted filings; tests restore what they change."""
    return small_filings(tmp_path_factory.mktemp("filed"), ("2019-11", "2019-12"))


@pytest.fixture(autouse=True)
def untouched(filed: Settings) -> Iterator[None]:
    """Before and after each test everything holds."""
    yield
    assert verify_home(filed).problems == ()


@pytest.fixture
def copy(filed: Settings, tmp_path: Path) -> Settings:
    """A copy of the home, to be rearranged."""
    shutil.copytree(filed.home, tmp_path / "home")
    return filed.model_copy(update={"home": tmp_path / "home"})


def named(settings: Settings) -> str:
    """Everything that verification says, as one text."""
    return "\n".join(verify_home(settings).problems)


def inside(settings: Settings) -> list[Path]:
    """Every file of the filings and the register, but those that say who waits and what was torn."""
    files = [path for path in settings.filings_dir.rglob("*") if path.is_file() and path.suffix != ".lock"]
    return [*sorted(files), register_path(settings)]


def test_a_changed_file_is_named_wherever_it_lies(filed: Settings) -> None:
    for path in inside(filed):
        original = path.read_bytes()
        for other in (bytes([original[0] ^ 1]) + original[1:], original[:-1]):
            path.write_bytes(other)
            assert path.name in named(filed), path
        path.write_bytes(original)


def test_any_changed_byte_of_the_signatures_is_named(filed: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sealed files and the seal are changed byte by byte in test_verify.py."""
    folder = signed_folder(filed, "toy", "2019-12", 1)
    # Each signature that fits was checked once; a changed one is none of these.
    signatures = verify_package(folder).signatures
    assert signatures is not None
    fits = {(s.text(), signatures.publics[s.key]) for s in signatures.sign_offs}
    monkeypatch.setattr(SignOff, "is_signed_by", lambda self, public: (self.text(), public) in fits)
    path = folder / SIGNATURES_NAME
    original = path.read_bytes()
    for place in range(len(original)):
        path.write_bytes(original[:place] + bytes([original[place] ^ 0x20]) + original[place + 1 :])
        found = verify_package(folder).problems
        assert found and SIGNATURES_NAME in found[0], place
    path.write_bytes(original)


def test_a_dropped_added_or_renamed_file_is_named(copy: Settings) -> None:
    for path in inside(copy):
        original = path.read_bytes()
        path.unlink()
        said = named(copy)
        if path == register_path(copy):
            assert said.count("is not in the register") == 18, "six in the log, and in both forms of two packages"
        else:
            assert path.name in said, (path, said)
        other = path.with_name(f"{path.name}.old")
        other.write_bytes(original)
        assert named(copy)
        other.unlink()
        path.write_bytes(original)
    for folder in (path for path in copy.filings_dir.rglob("*") if path.is_dir()):
        (folder / "extra.txt").write_bytes(b"")
        assert "extra.txt" in named(copy), folder
        (folder / "extra.txt").unlink()
    assert verify_home(copy).problems == ()


def test_a_package_or_version_taken_away_or_replaced_is_named(copy: Settings) -> None:
    first, second = (signed_folder(copy, "toy", period, 1) for period in ("2019-11", "2019-12"))
    for folder in (first, *first.with_name("v1.drafts").iterdir()):
        if folder.is_dir():
            away = folder.rename(copy.home / "away")
            assert f"{folder.relative_to(copy.filings_dir)}: is missing" in named(copy)
            away.rename(folder)
    kept = shutil.copytree(first, copy.home / "kept")
    shutil.rmtree(first)
    shutil.copytree(second, first)
    said = named(copy)
    assert "toy/2019-11/v1/SEAL: was replaced" in said and "holds other sign-offs than the log" in said
    shutil.rmtree(first)
    # A package that is valid, except for its signatures.
    unsigned = {path.name: path.read_bytes() for path in kept.iterdir() if path.name != "SIGNATURES"}
    first.mkdir()
    for name, content in unsigned.items():
        (first / name).write_bytes(content)
    assert "toy/2019-11/v1/SIGNATURES: is missing" in named(copy)
    first.with_name("v1.zip").write_bytes(make_archive(unsigned))
    assert "toy/2019-11/v1.zip/SIGNATURES: is missing" in named(copy)
    shutil.copytree(second, second.with_name("v2"))
    assert "toy/2019-12/v2: no entry of the log names it" in named(copy)


def test_sign_offs_dropped_reordered_or_taken_from_elsewhere_are_named(filed: Settings) -> None:
    folder = signed_folder(filed, "toy", "2019-12", 1)
    path = folder / "SIGNATURES"
    original = path.read_text()
    first, one, two, three, keys = original.split("\n\n")
    lines = keys.splitlines(keepends=True)
    other = (signed_folder(filed, "toy", "2019-11", 1) / "SIGNATURES").read_text().split("\n\n")[2]
    for blocks, publics, words in (
        ([first, one, two], lines[:2], "the sign-off as legal_representative is missing"),
        ([first, two, one, three], [lines[1], lines[0], lines[2]], "the sign-offs were reordered"),
        ([first, one, one, two, three], [lines[0], *lines], "a sign-off as preparer was added"),
        ([first, one, other, three], lines, "is for another package"),
        ([first, one.replace("wang", "li"), two, three], lines[::-1], "was changed"),
    ):
        path.write_text("\n\n".join([*blocks, "".join(publics)]))
        found = verify_package(folder).problems
        assert any(words in problem for problem in found), (words, found)
    path.write_text(original)


def rewritten(settings: Settings, entries: list[LogEntry]) -> None:
    """The log with other entries, its chain and its head made to fit: what someone who knows how it works would write."""
    previous, lines, head = None, [], ""
    for number, entry in enumerate(entries, start=1):
        record = vars(entry) | {"sequence": number, "previous_hash": previous}
        record.pop("hash")
        previous = hashlib.sha256(json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
        lines.append(json.dumps(record | {"hash": previous}, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n")
        head = f"{number} {previous}\n"
    log_path(settings).write_text("".join(lines))
    (settings.filings_dir / HEAD_NAME).write_text(head)


def test_a_log_rewritten_with_fitting_hashes_is_named_by_the_sign_offs(copy: Settings) -> None:
    entries = read_log(copy)
    last_sign = max(entry.sequence for entry in entries if entry.action == "sign")
    for place in range(last_sign):
        dropped = entries[:place] + entries[place + 1 :]
        changed = [*entries[:place], LogEntry(**{**vars(entries[place]), "who": "nobody"}), *entries[place + 1 :]]
        swapped = [*entries[:place], entries[place + 1], entries[place], *entries[place + 2 :]]
        for forged in (dropped, changed, swapped):
            rewritten(copy, forged)
            assert "log.jsonl: entry" in named(copy), place
    # After the last sign-off only hashes protect the log: an impossible step is named all the same.
    submit = entries[-1]
    for forged in ([*entries[:-1], LogEntry(**{**vars(submit), "state": "acknowledged"})], [*entries, submit]):
        rewritten(copy, forged)
        assert "is no step of a filing's life" in named(copy)
    early = [entry for entry in entries if entry.action != "sign"]
    rewritten(copy, early)
    assert "is no step of a filing's life" in named(copy) and "was submitted without every sign-off" in named(copy)


def test_a_log_that_was_lost_is_no_log_that_was_not_begun(copy: Settings) -> None:
    log_path(copy).unlink()
    log_path(copy).with_name(HEAD_NAME).unlink()
    with pytest.raises(ChainBroken, match=r"is lost, though .*v1 was submitted"):
        read_log(copy)
    with pytest.raises(ChainBroken, match="is lost"):
        open_filing(copy, "toy-2020-02", "li.na")
    assert look_at_filings(copy, is_deep=False).state == "broken"


def test_a_log_that_was_taken_away_leaves_packages_that_no_entry_names(copy: Settings) -> None:
    for name in (log_path(copy).name, HEAD_NAME):
        (copy.filings_dir / name).unlink()
    said = named(copy)
    assert "toy/2019-11: no entry of the log names it" in said and "toy/2019-12: no entry of the log names it" in said


FORGED = {
    "regime": "../..",
    "period": "../2019-12",
    "version": 0,
    "seal": "../../x",
    "at": "2020-01-06",
    "state": None,
    "who": 7,
    "role": 1,
}


@pytest.mark.parametrize("name", FORGED)
def test_an_entry_that_leads_out_of_the_home_is_no_entry(copy: Settings, name: str) -> None:
    entries = read_log(copy)
    rewritten(copy, [*entries[:-1], LogEntry(**{**vars(entries[-1]), name: FORGED[name]})])
    assert f"log.jsonl: entry {len(entries)}: is not an entry of the log" in named(copy)
    with small_world(), pytest.raises(ChainBroken, match=f"entry {len(entries)}: is not an entry of the log"):
        open_filing(copy, "toy-2020-01", "li.na")


def test_what_was_submitted_while_something_was_open_is_named(copy: Settings) -> None:
    path = signed_folder(copy, "toy", "2019-11", 1) / "checks.json"
    original = path.read_text()
    for other, codes in (('"open": ["TOY-E01"]', "TOY-E01"), ('"open": []', "TOY-E02"), ('"open": ["TOY-E01"]', "TOY-E01, TOY-E02")):
        reason = '"It pays on Friday."' if codes == "TOY-E01" else '"\u200b"'
        path.write_text(original.replace('"open": []', other).replace('"It pays on Friday."', reason))
        assert f"toy/2019-11/v1/checks.json: was submitted with {codes} open" in named(copy)


def test_a_step_that_needs_a_reason_and_has_none_is_named(copy: Settings) -> None:
    entries = read_log(copy)
    refusal = {"action": "refuse", "from_state": "submitted", "state": "refused"}
    for reason in (None, "", " \u200b", "…"):
        rewritten(copy, [*entries, LogEntry(**{**vars(entries[-1]), **refusal, "reason": reason})])
        assert f"log.jsonl: entry {len(entries) + 1}: refuse without a reason" in named(copy)


def test_a_broken_chain_names_the_first_bad_entry(filed: Settings) -> None:
    path = log_path(filed)
    original = path.read_bytes()
    lines = original.splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], lines[3].replace(b"li.na", b"li.ma"), *lines[4:]]))
    assert named(filed).startswith("log.jsonl: entry 4: was changed")
    path.write_bytes(original)


def test_submitted_filings_that_do_not_follow_one_another_are_named(filed: Settings) -> None:
    entries = read_log(filed)
    submits = [entry for entry in entries if entry.action == "submit"]
    assert module.chain_problems(filed, fold(entries), submits) == []
    first, second = module.chain_problems(filed, fold(entries), submits[::-1])
    assert first.startswith("toy-2019-12 version 1: its seal follows") and second.startswith("toy-2019-11 version 1: its seal follows none")


def test_only_what_was_submitted_is_acknowledged(copy: Settings) -> None:
    """In the folder and in the archive, whichever file was changed, added or taken away."""
    folder, before = signed_folder(copy, "toy", "2019-12", 1), read_log(copy)
    archive = folder.with_name(folder.name + ".zip")
    for path in (*sorted(folder.iterdir()), archive):
        original = path.read_bytes()
        path.write_bytes(bytes([original[0] ^ 1]) + original[1:])
        with small_world(), pytest.raises(CheckFailed, match="Nothing was recorded: restore it") as caught:
            answer_filing(copy, "toy-2019-12", "acknowledge", "jan", None, "R-1")
        assert path.name in str(caught.value) and str(path if path == archive else folder) in str(caught.value)
        path.write_bytes(original)
    (folder / "added.txt").write_text("x")
    with small_world(), pytest.raises(CheckFailed, match=r"added\.txt: was added"):
        answer_filing(copy, "toy-2019-12", "acknowledge", "jan", None, "R-1")
    (folder / "added.txt").unlink()
    assert read_log(copy) == before
    with small_world():
        assert answer_filing(copy, "toy-2019-12", "acknowledge", "jan", None, "R-1").filing.state == "acknowledged"


def test_another_intact_package_is_not_acknowledged_in_its_place(copy: Settings) -> None:
    folder, other = signed_folder(copy, "toy", "2019-12", 1), signed_folder(copy, "toy", "2019-11", 1)
    shutil.rmtree(folder)
    shutil.copytree(other, folder)
    with small_world(), pytest.raises(CheckFailed, match="the log of filings says"):
        answer_filing(copy, "toy-2019-12", "acknowledge", "jan", None, "R-1")
