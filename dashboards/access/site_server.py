"""Serves the public site from its folder for a trial: the guard, the site's headers, compression, and caching by hash.

Belongs here: HTTP. Does not: what is in the site (`reports.site`). In production a web server or a CDN does this; docs/site.md says how.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from dashboards.access.guard import Guard, own_hosts
from glassbook.errors import InputError
from reports.site.headers import ASK_AGAIN, FOR_EVER, HEADERS
from reports.site.writing import FIRST_NAME

# Compressing smaller answers gains nothing.
_COMPRESSED_FROM = 600


class _Site(StaticFiles):
    """The files of the site, without files that are being written or are only for the server."""

    def lookup_path(self, path: str) -> tuple[str, object]:  # type: ignore[override]  # starlette declares the type of os.stat
        """None for a name that begins with a dot (a file under way) or with an underscore (read by servers)."""
        if any(part.startswith((".", "_")) for part in path.split("/") if part not in ("", ".")):
            return "", None
        return super().lookup_path(path)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The answer, with how long it may be cached. Raises HTTPException, as for a name that no file can have."""
        try:
            response = await super().get_response(path, scope)
        except (OSError, ValueError) as error:
            raise HTTPException(404) from error
        response.headers["Cache-Control"] = (
            FOR_EVER if path.startswith("assets/") and response.status_code in (200, 206, 304) else ASK_AGAIN
        )
        return response


def site_app(folder: Path, *, address: str, hosts: Iterable[str] = ()) -> ASGIApp:
    """The site as an ASGI app. Raises InputError where no site is in `folder`, and for an invalid host name."""
    if not (folder / FIRST_NAME).is_file():
        raise InputError(
            found="no published site",
            where=str(folder),
            expected=f"the folder that `glassbook publish` wrote, with its {FIRST_NAME}",
            remedy=f"glassbook publish --out {folder}",
        )
    answering = ExceptionMiddleware(_Site(directory=folder, html=True))
    compressed = GZipMiddleware(answering, minimum_size=_COMPRESSED_FROM)
    return Guard(compressed, own_hosts(address, hosts), HEADERS)


def run_site(folder: Path, *, port: int, address: str, hosts: Iterable[str] = ()) -> None:
    """Serves the site until it is interrupted. Raises as `site_app` does."""
    import uvicorn

    app = site_app(folder, address=address, hosts=hosts)
    uvicorn.run(app, host=address, port=port, log_level="warning", access_log=False, server_header=False)
