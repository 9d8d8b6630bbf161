"""Delivery to a folder: the embedded default, a mounted share, or a folder from which another program forwards."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from glassbook.disk import sync_folder, write_synced
from glassbook.faults import checkpoint
from reports.delivery.adapter import NotDelivered, Parcel, Receipt, TransientFault, other_content


class FolderAdapter:
    """Writes into `folder`, which must exist: a share that is not mounted must not look like an empty one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, parcel: Parcel) -> Receipt:
        """Writes under a hidden name, reads it back, and renames it."""
        place = self._folder / parcel.name
        try:
            if place.exists():
                if place.read_bytes() != parcel.content:
                    raise other_content(str(place))
                return Receipt("already_there", {"path": str(place)})
            hidden = self._folder / f".{parcel.name}.part"
            write_synced(hidden, parcel.content)
            if hidden.read_bytes() != parcel.content:
                raise TransientFault(f"{hidden}: what was written does not read back the same")
            checkpoint("deliver_before_rename")
            hidden.rename(place)
            # What is recorded as delivered must survive a power loss; shares without fsync are accepted as they are.
            with suppress(OSError):
                sync_folder(self._folder)
        except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
            raise NotDelivered(f"{self._folder}: {error.strerror}. Make, mount or open the folder, then deliver again.") from error
        except OSError as error:
            raise TransientFault(f"{self._folder}: {error.strerror}") from error
        return Receipt("delivered", {"path": str(place)})
