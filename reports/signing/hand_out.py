"""What a recipient of filings gets once: the register of public keys, the stand-alone script, and the page that explains both."""

from __future__ import annotations

from pathlib import Path

from glassbook.errors import InputError
from glassbook.settings import Settings
from reports.filing.package.package import write_whole
from reports.signing.register import REGISTER_NAME, read_register, register_path

STAND_ALONE = Path(__file__).parent.parent / "verifying" / "stand_alone"
SCRIPT_NAME, PAGE_NAME = "verify_filing.py", "VERIFYING.md"


def write_hand_out(settings: Settings, out: Path) -> list[Path]:
    """Writes the three files into the folder `out`, replacing earlier ones. Raises InputError when there is no key."""
    if not read_register(settings):
        raise InputError(
            found="no key",
            where=str(register_path(settings)),
            expected="the keys of those who sign",
            remedy="glassbook keys new PERSON --name NAME",
        )
    out.mkdir(parents=True, exist_ok=True)
    contents = {REGISTER_NAME: register_path(settings).read_bytes()}
    contents |= {name: (STAND_ALONE / name).read_bytes() for name in (SCRIPT_NAME, PAGE_NAME)}
    for name, content in contents.items():
        write_whole(out / name, content)
    return [out / name for name in contents]
