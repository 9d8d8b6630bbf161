"""Runs a page; a page that cannot be shown shows our error message, with what to do.

Belongs here: running a page, and that message. Does not: what an error means (`glassbook.engine_errors`).
"""

from __future__ import annotations

import logging

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from glassbook.engine_errors import in_our_words
from glassbook.errors import GlassbookError, InputError
from glassbook.settings import Settings, load_settings
from glassbook.unforeseen import place, write_report


def run_page(page: StreamlitPage) -> None:
    """Runs a page; any error is shown and logged."""
    try:
        page.run()
    except Exception as error:
        said = _said(error)
        logging.getLogger("glassbook").error("a page could not be shown: %s", said)
        st.error(said, icon=":material/error:")


def _said(error: Exception) -> str:
    settings = _settings()
    known = error if isinstance(error, GlassbookError) else in_our_words(error, settings.home if settings else None)
    if isinstance(known, InputError):
        return f"{known.found}\n\n{known.where}\n\n{known.remedy}"
    if known is not None:
        return str(known)
    report = write_report(error, "glassbook serve", settings)
    where = f"; the report {report} says where, and holds nothing of your data" if report else ""
    return (
        f"Nobody foresaw this ({type(error).__name__} in {place(error)}){where}. Please hand it to whoever looks after this installation."
    )


def _settings() -> Settings | None:
    try:
        return load_settings()
    except InputError:
        return None
