"""A home with a submitted filing, and what tests of delivery do with it.

Belongs here: making it and sending from it. Does not: the servers that it is sent to (sftp.py, https.py).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from glassbook.delivery_target import DeliveryTarget
from glassbook.settings import Settings
from reports.delivery.attempts import read_attempts
from reports.delivery.delivering import Delivery, deliver
from reports.filing.life.log import NewEntry, open_log
from reports.filing.life.states import signed_folder
from reports.filing.package.package import write_package
from reports.filing.package.seal import make_seal
from tests.support.signers import SIGNERS, make_keys, signatures_of

PARCEL = "cn-2019-12-v1.zip"


def submitted_home(folder: Path) -> Settings:
    """A home in `folder` with one submitted filing, big enough to be cut off in the middle."""
    settings = Settings(home=folder)
    make_keys(settings)
    head = {"regime": "cn", "period": "2019-12", "version": 1, "status": "validated", "sign_offs": list(SIGNERS)}
    contents = {"filing.json": json.dumps(head).encode(), "figures.csv": os.urandom(300_000)}
    seal = make_seal(contents, None).whole
    signatures = signatures_of(settings, "cn-2019-12", 1, seal)
    step(settings, "submit", "submitted", seal)
    write_package(signed_folder(settings, "cn", "2019-12", 1), contents, None, {"SIGNATURES": signatures})
    return settings


def step(settings: Settings, action: str, state: str, seal: str, version: int = 1) -> None:
    """One entry of the log of filings."""
    with open_log(settings) as log:
        log.append(
            NewEntry(regime="cn", period="2019-12", version=version, action=action, from_state=None, state=state, who="李四", seal=seal)
        )


def archive(home: Settings) -> bytes:
    """The package as it is sent."""
    return signed_folder(home, "cn", "2019-12", 1).with_name("v1.zip").read_bytes()


def to(home: Settings, **target: Any) -> Settings:
    """The home with one target, `regulator`."""
    given: dict[str, Any] = {"pause_seconds": 0, "attempts": 3, "timeout_seconds": 600} | target
    return home.model_copy(update={"delivery_targets": {"regulator": DeliveryTarget(**given)}})


def send(settings: Settings, target: str = "regulator") -> Delivery:
    """Delivers the filing."""
    return deliver(settings, "cn-2019-12", target)


def events(settings: Settings) -> list[str]:
    return [attempt.event for attempt in read_attempts(settings)]


def everything_written(settings: Settings) -> bytes:
    """All that the home keeps of deliveries, receipts included."""
    return b"".join(
        p.read_bytes() for p in settings.filings_dir.rglob("*") if (p.is_file() and "receipts" in p.parts) or "deliveries" in p.name
    )
