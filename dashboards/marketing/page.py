"""营销 in five parts: channels, funnels, attribution, cost and worth, cohorts. Every figure is a row of a mart."""

from __future__ import annotations

import streamlit as st

from dashboards.components.presenting import foot, head
from dashboards.components.reading import rows
from dashboards.components.wording import CHANNELS, worded
from dashboards.marketing.channels import channels
from dashboards.marketing.economics import cohorts, economics
from dashboards.marketing.people import attribution, funnels

PARTS = ("渠道 Channels", "漏斗 Funnels", "归因 Attribution", "成本与价值 Cost and worth", "分月跟踪 Cohorts")


def show() -> None:
    """The whole page."""
    snapshot = head("营销", "Marketing")
    if snapshot is None:
        return
    months = [month for (month,) in rows(snapshot, "select distinct month_on from rpt_marketing_channels order by 1 desc")]
    if not months:
        st.info("未提供营销数据。 No marketing data was supplied.")
        foot(snapshot)
        return
    # The last complete month first: the current month shows little yet.
    left, right, _ = st.columns([1, 1, 2])
    month = left.selectbox("月份 month", months, index=min(1, len(months) - 1), format_func=lambda found: f"{found:%Y-%m}")
    known = [
        channel
        for (channel,) in rows(
            snapshot,
            "select channel from rpt_marketing_channels where month_on = ? and campaign_code = 'all' "
            "order by channel <> 'all', registrations_count desc, channel",
            month,
        )
    ]
    channel = right.selectbox("渠道 channel", known, format_func=lambda code: str(worded(code, CHANNELS)))
    brought, steps, credited, worth, since = st.tabs(PARTS)
    with brought:
        channels(snapshot, month, channel)
    with steps:
        funnels(snapshot, month, channel)
    with credited:
        attribution(snapshot, month, channel)
    with worth:
        economics(snapshot, month, channel)
    with since:
        cohorts(snapshot)
    st.caption(
        "人数少于下限的组只显示人数，不显示比率与人均数（—）。 "
        "Groups below the minimum show their count, no rate and no cost or worth per head (—)."
    )
    foot(snapshot)
