"""Starts Streamlit on one of the apps, with every option that matters set here and none left to a file in the working directory."""

from __future__ import annotations

import logging
from pathlib import Path

from glassbook.errors import InputError

# What a visitor and an operator get, whatever the machine's own configuration says.
OPTIONS: dict[str, object] = {
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "browser.gatherUsageStats": False,
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


def run_app(script: Path, *, port: int, address: str) -> None:
    """Serves `script` on `address`:`port` in this process until it is interrupted. Raises InputError where Streamlit is not installed."""
    try:
        from streamlit.web import bootstrap
    except ImportError as error:
        raise InputError(
            found="no Streamlit",
            where="this installation",
            expected="the extra `apps`",
            remedy="Install requirements.lock, or: pip install 'glassbook[apps]'.",
        ) from error

    # Streamlit greets with addresses of its own, one of them fetched from the network; the command has said where to look.
    logging.getLogger("streamlit").setLevel(logging.WARNING)
    options = {name.replace(".", "_"): value for name, value in OPTIONS.items()}
    options |= {"server_port": port, "server_address": address}
    bootstrap.load_config_options(flag_options=options)
    bootstrap.run(str(script), False, [], options)
