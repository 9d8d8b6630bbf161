"""Starts Streamlit on one of the apps behind the guard; every option that matters is set here, none by a file in the working directory."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

from glassbook.errors import InputError

# Options for visitors and operators, which override the machine's own configuration.
OPTIONS: dict[str, object] = {
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "server.enableStaticServing": False,
    "browser.gatherUsageStats": False,
    "logger.hideWelcomeMessage": True,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "theme.base": "light",
    "theme.primaryColor": "#1d5b8f",
    "theme.backgroundColor": "#f4f6f8",
    "theme.secondaryBackgroundColor": "#ffffff",
    "theme.textColor": "#17202a",
    "theme.borderColor": "#d9dee3",
    "theme.baseRadius": "10px",
    "theme.font": "'PingFang SC','Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','Microsoft YaHei','Helvetica Neue',sans-serif",
}


def run_app(script: Path, *, port: int, address: str, hosts: Iterable[str] = ()) -> None:
    """Serves `script` on `address`:`port` in this process until it is interrupted, only under the loopback names of this machine, `address`
    and `hosts`.

    Raises InputError where Streamlit is not installed, and for an invalid host name.
    """
    try:
        import streamlit
        from starlette.middleware import Middleware
    except ImportError as error:
        raise without_apps("no Streamlit") from error
    from dashboards.access.guard import Guard, headers_for, own_hosts

    # Streamlit prints its own addresses; the command has already printed where to look.
    logging.getLogger("streamlit").setLevel(logging.WARNING)
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    guard = Middleware(Guard, hosts=own_hosts(address, hosts), headers=headers_for(page))
    streamlit.App(script.resolve(), middleware=[guard]).run(config=OPTIONS | {"server.port": port, "server.address": address})


def without_apps(found: str) -> InputError:
    """The error where the extra that serves pages is not installed."""
    return InputError(
        found=found,
        where="this installation",
        expected="the extra `apps`",
        remedy="Install requirements.lock, or: pip install 'glassbook[apps]'.",
    )
