"""The command `serve`: opens the apps in Streamlit, or the public site, whose servers are imported only then."""

from __future__ import annotations

from pathlib import Path

import click

_APPS = Path(__file__).parents[1]


@click.command(
    epilog="Example: glassbook serve --public --port 8600",
    short_help="The internal apps, or the public site, for a trial.",
)
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True, help="Port to listen on.")
@click.option("--address", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 lets other machines in.")
@click.option(
    "--public/--internal",
    "is_public",
    default=False,
    show_default=True,
    help="public: the site that `glassbook publish` wrote; internal: the Streamlit apps on the current snapshot.",
)
@click.option(
    "--site",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the public site; without it, `site` in the home.",
)
def serve(port: int, address: str, is_public: bool, site: Path | None) -> None:
    """Serves the apps on the current snapshot, or the public site, until it is stopped.

    The apps follow the pointer: after the next build a reload shows the new snapshot. The site is files: it shows what was published last.
    Both answer only under the names of this machine's loopback, the --address and the setting app_hosts, and have no sign-in.
    """
    from dashboards.access.place import require_place
    from glassbook.settings import load_settings

    # A wrong setting must be reported here, in the terminal, not to the first visitor of the page.
    settings = load_settings()
    require_place(address, port)
    told = f"{'public site' if is_public else 'internal pages'}: http://{address}:{port}  (stop with Ctrl+C)"
    if is_public:
        _serve_site(site or settings.home / "site", told, port=port, address=address, hosts=settings.app_hosts)
        return
    from dashboards.access.server import run_app

    click.echo(told)
    run_app(_APPS / "app.py", port=port, address=address, hosts=settings.app_hosts)


def _serve_site(folder: Path, told: str, *, port: int, address: str, hosts: tuple[str, ...]) -> None:
    try:
        from dashboards.access.site_server import run_site
    except ImportError as error:
        from dashboards.access.server import without_apps

        raise without_apps("no web server") from error
    click.echo(told)
    run_site(folder, port=port, address=address, hosts=hosts)
