"""A filing's life killed at every point: nothing half done is taken for done, and the next command completes what was begun."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from glassbook import faults
from glassbook.errors import CheckFailed
from glassbook.settings import Settings
from reports.audit.home import verify_home
from reports.filing.acts.acts import check_filing, explain_edit, open_filing, sign_filing, submit_filing
from reports.filing.life.log import read_log
from reports.filing.life.states import filings, package_folder, signed_folder
from reports.signing.private_keys import new_key
from reports.signing.register import read_register
from reports.verifying.package import verify_package
from tests.support.signers import PASSPHRASE, SIGNERS, make_keys
from tests.support.small_filings import WARNING, small_world

LOG_POINTS = ("log_before_append", "chain_before_head", "log_after_head")
PACKAGE_POINTS = ("file_between_files", "file_before_rename", "file_after_rename", "file_before_archive")
POINTS = ("draft_before_log", "submit_before_package", "key_before_register")
FILING = "toy-2019-12"
AT = datetime(2020, 1, 6, 2, tzinfo=UTC)

Act = Callable[[Settings], object]
STEPS: tuple[tuple[str, Act], ...] = (
    ("open", lambda s: open_filing(s, FILING, "li.na")),
    ("explain-edit", lambda s: explain_edit(s, FILING, WARNING, "It pays on Friday.", "li.na")),
    ("check", lambda s: check_filing(s, FILING, "li.na")),
    *((f"sign {role}", lambda s, r=role, p=person: sign_filing(s, FILING, r, p, lambda: PASSPHRASE)) for role, person in SIGNERS.items()),
    ("submit", lambda s: submit_filing(s, FILING, "li.na")),
)
CASES = [
    *((name, point) for name in ("open", "check") for point in (*PACKAGE_POINTS, "draft_before_log", *LOG_POINTS)),
    *((name, point) for name in ("explain-edit", "sign approver") for point in LOG_POINTS),
    *(("submit", point) for point in (*LOG_POINTS, "submit_before_package", *PACKAGE_POINTS)),
]


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Settings]:
    """A home as it is before each step, and `done` after the last."""
    folder = tmp_path_factory.mktemp("stages")
    settings = Settings(home=folder / "0", clock_now=AT)
    make_keys(settings)
    found = {}
    with small_world() as world:
        world.warnings = {WARNING: "loan 1"}
        for number, (name, act) in enumerate(STEPS, start=1):
            found[name] = settings
            shutil.copytree(settings.home, folder / str(number))
            settings = settings.model_copy(update={"home": folder / str(number)})
            act(settings)
    return found | {"done": settings}


def killed(act: Act, settings: Settings, point: str) -> None:
    """Runs the act in a child of this process, which kills itself at `point`."""
    child = os.fork()
    if child == 0:
        os.environ["GLASSBOOK_FAULT_POINT"] = point
        # The point is read once a process, and this one began as a copy of another.
        faults._fault_point.cache_clear()
        try:
            act(settings)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, point


@pytest.mark.parametrize(("name", "point"), CASES)
def test_what_was_begun_is_completed(name: str, point: str, stages: dict[str, Settings], tmp_path: Path) -> None:
    settings = stages[name].model_copy(update={"home": tmp_path / "home"})
    shutil.copytree(stages[name].home, settings.home)
    before = len(read_log(settings))
    place = [step for step, _ in STEPS].index(name)
    with small_world() as world:
        world.warnings = {WARNING: "loan 1"}
        killed(STEPS[place][1], settings, point)
        was_done = len(read_log(settings)) > before
        assert was_done == (point in ("chain_before_head", "log_after_head", "submit_before_package") or is_after_log(name, point))
        target = signed_folder(settings, "toy", "2019-12", 1)
        assert not target.exists() or verify_package(target).is_intact
        for _, act in STEPS[place + 1 if was_done else place :]:
            act(settings)
        if was_done and name == "submit":
            # Nothing of the filing is left to be done: any other command completes it.
            open_filing(settings, "toy-2020-01", "li.na")
    assert verify_home(settings).problems == ()
    done = stages["done"]
    assert [f.seal for f in filings(settings)][:1] == [f.seal for f in filings(done)]
    assert verify_package(target.with_name("v1.zip"), read_register(settings)).is_intact
    steps = [entry.action for entry in read_log(settings) if entry.period == "2019-12"]
    assert steps == [entry.action for entry in read_log(done)]


def is_after_log(name: str, point: str) -> bool:
    """Whether a package is put into its place after the entry, and not before it."""
    return name == "submit" and point in PACKAGE_POINTS


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_package_changed_after_the_kill_is_not_taken_for_the_one_that_was_signed(
    stages: dict[str, Settings], tmp_path: Path, is_gone: bool
) -> None:
    settings = stages["submit"].model_copy(update={"home": tmp_path / "home"})
    shutil.copytree(stages["submit"].home, settings.home)
    with small_world():
        killed(STEPS[-1][1], settings, "submit_before_package")
        (filing,) = filings(settings)
        draft = package_folder(settings, filing)
        if is_gone:
            shutil.rmtree(draft)
        else:
            (draft / "figures.csv").write_bytes(b"code,value\nX,9\n")
        with pytest.raises(CheckFailed, match="the package that the log names is missing" if is_gone else "figures.csv: was changed"):
            open_filing(settings, "toy-2020-01", "li.na")
    assert not signed_folder(settings, "toy", "2019-12", 1).exists()


@pytest.mark.parametrize("name", ["v1", "v1.zip"])
def test_a_place_that_is_taken_is_said_before_the_log_says_submitted(stages: dict[str, Settings], tmp_path: Path, name: str) -> None:
    settings = stages["submit"].model_copy(update={"home": tmp_path / "home"})
    shutil.copytree(stages["submit"].home, settings.home)
    taken = signed_folder(settings, "toy", "2019-12", 1).with_name(name)
    taken.write_bytes(b"something else")
    with small_world():
        with pytest.raises(CheckFailed, match="is there already, though nothing was submitted"):
            submit_filing(settings, FILING, "li.na")
        assert read_log(settings)[-1].action == "sign"
        taken.unlink()
        assert submit_filing(settings, FILING, "li.na").filing.state == "submitted"
    assert verify_home(settings).problems == ()


def test_a_key_that_was_not_registered_is_made_anew(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)

    def act(home: Settings) -> object:
        return new_key(home, "li.na", "李娜", PASSPHRASE, AT, 730)

    killed(act, settings, "key_before_register")
    assert read_register(settings) == []
    act(settings)
    assert [key.person for key in read_register(settings)] == ["li.na"]
