"""The internal app: every page. Run it with `glassbook serve`."""

from __future__ import annotations

import streamlit as st

from dashboards.components.telling import run_page
from dashboards.executive import page as executive
from dashboards.marketing import page as marketing

st.set_page_config(page_title="明账 Glassbook", layout="wide")
pages = [
    st.Page(executive.show, title="经营 Business", default=True),
    st.Page(marketing.show, title="营销 Marketing", url_path="marketing"),
]
run_page(st.navigation(pages, position="top"))
