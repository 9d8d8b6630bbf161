"""The public app: the disclosure page alone, which opens nothing but the public file. Run it with `glassbook serve --public`."""

from __future__ import annotations

import streamlit as st

from dashboards.telling import run_page
from dashboards.views import public

st.set_page_config(page_title="信息披露 Transparency", layout="wide")
run_page(st.navigation([st.Page(public.show, title="公开信息 Disclosure", default=True)], position="hidden"), is_public=True)
