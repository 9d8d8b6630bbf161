"""The command `serve`: opens the apps in Streamlit, which is imported only then."""

from __future__ import annotations

from pathlib import Path

import click

_HERE = Path(__file__).parent


@click.command(
    epilog="Example: glassbook serve --public --port 8600",
    short_help="The Streamlit apps on the current snapshot.",
)
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True, help="Port to listen on.")
@click.option("--address", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 lets other machines in.")
@click.option(
    "--public/--internal",
    "is_public",
    default=False,
    show_default=True,
    help="public: the disclosure page alone, from the public file; internal: every page.",
)
def serve(port: int, address: str, is_public: bool) -> None:
    """Serves the apps on the current snapshot until it is stopped (run `glassbook build` or `glassbook demo` before).

    The apps follow the pointer: after the next build a reload shows the new snapshot. They answer under the names of
    this machine's loopback, the --address and the setting app_hosts alone, and ask nobody who they are.
    """
    from dashboards.server import run_app
    from glassbook.settings import load_settings

    # A wrong setting is to be told here, in the terminal, and not to whoever opens the page first.
    settings = load_settings()
    audience = "public page" if is_public else "internal pages"
    click.echo(f"{audience}: http://{address}:{port}  (stop with Ctrl+C)")
    run_app(_HERE / ("public_app.py" if is_public else "app.py"), port=port, address=address, hosts=settings.app_hosts)
