"""What runs, as a CycloneDX bill of materials: `python -m tests.support.bill_of_materials FILE` writes it (`make sbom`).

Belongs here: making the document from requirements.lock and the metadata of what is installed. The lock has the packages, with versions
and hashes of every file that may be installed; the metadata has licences and dependencies. The same lock gives the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
EXTRAS = ("orchestration", "apps")
_PIN = re.compile(r"([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)")


def bill_of_materials() -> str:
    """The document, as JSON."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    root = Component(name=project["name"], version=project["version"], type=ComponentType.APPLICATION, bom_ref=project["name"])
    root.licenses.add(LicenseFactory().make_from_string(project["license"]))
    parts = {(name, version): _part(name, version, hashes) for name, version, hashes in locked()}
    bom = Bom(components=parts.values(), serial_number=uuid5(NAMESPACE_URL, LOCK.read_text(encoding="utf-8")))
    bom.metadata.component = root
    by_name: dict[str, list[Component]] = {}
    for (name, _), part in parts.items():
        by_name.setdefault(name, []).append(part)
    wanted = [*project["dependencies"], *(text for extra in EXTRAS for text in project["optional-dependencies"][extra])]
    bom.register_dependency(root, _found(wanted, by_name))
    for (name, _), part in parts.items():
        bom.register_dependency(part, _found(_required(name), by_name))
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    del document["metadata"]["timestamp"]
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def locked() -> list[tuple[str, str, list[str]]]:
    """Name, version and SHA-256 of its files of everything in the lock; a package may have a version for each Python."""
    found: list[tuple[str, str, list[str]]] = []
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if pinned := _PIN.match(line):
            found.append((pinned[1], pinned[2], []))
        elif hashed := re.search(r"--hash=sha256:([0-9a-f]{64})", line):
            found[-1][2].append(hashed[1])
    return found


def _part(name: str, version: str, hashes: list[str]) -> Component:
    url = PackageURL("pypi", None, name, version)
    files = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(str(url)),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=content) for content in hashes],
    )
    part = Component(name=name, version=version, type=ComponentType.LIBRARY, purl=url, bom_ref=str(url), external_references=[files])
    if licence := licence_of(name):
        part.licenses.add(LicenseFactory().make_from_string(licence))
    return part


def licence_of(name: str) -> str | None:
    """What a package says of its licence: an expression, a short name, or its classifiers; None for one that is not installed here."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    classified = [text.rpartition(" :: ")[2] for text in told.get_all("Classifier") or [] if text.startswith("License ::")]
    short = (told.get("License") or "").strip()
    # Some put the whole text of the licence there.
    return told.get("License-Expression") or ("" if "\n" in short or len(short) > 60 else short) or " and ".join(classified) or None


def _required(name: str) -> list[str]:
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []


def _found(requirements: list[str], by_name: dict[str, list[Component]]) -> list[Component]:
    """Parts that requirements name; those of extras that were not asked for are left out."""
    read = [Requirement(text) for text in requirements]
    needed = [one for one in read if one.marker is None or one.marker.evaluate({"extra": ""})]
    return [part for name in sorted({canonicalize_name(one.name) for one in needed}) for part in by_name.get(name, [])]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(bill_of_materials(), encoding="utf-8")
