"""What a reader of figures must also know: newer data waits, a build failed, or the period's filing is a draft.

Belongs here: finding it out, and the words. Does not: what waits or failed (load log, builds, log of filings), or where it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from glassbook.build_attempts import unfinished
from glassbook.errors import GlassbookError
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot
from reports.figures.selection import loads_after
from reports.filing.declare.period import periods
from reports.filing.declare.regime import Regime
from reports.filing.life.states import DRAFT, newest

# Longer than any period, so that the period of a day has ended by then.
_LONGEST = timedelta(days=732)


@dataclass(frozen=True)
class Remark:
    """One such remark in both languages. `detail` is for the operator of the home, not for visitors of the public page."""

    zh: str
    en: str
    detail: str = ""


def of_snapshot(settings: Settings, snapshot: Snapshot) -> list[Remark]:
    """Data newer than the current snapshot, and why it is in no snapshot."""
    found = []
    try:
        waiting = loads_after(settings, snapshot)
    except GlassbookError as error:
        waiting = []
        found.append(
            Remark(
                "载入日志无法读取，不能确定数据是否最新。", "the load log cannot be read: whether newer data waits is not known", str(error)
            )
        )
    if waiting:
        at = _shown(settings, waiting[0])
        found.append(
            Remark(
                f"另有{len(waiting)}次载入（最近一次{at}）尚未进入本快照，所示数字未计入。",
                f"{len(waiting)} load(s), the newest of {at}, are not in this snapshot and in no figure shown",
                "run `glassbook build`",
            )
        )
    if (last := unfinished(settings)) is not None:
        at = _shown(settings, last.started_at)
        found.append(
            Remark(
                f"最近一次构建（{at}开始）{'失败' if last.reason else '中断'}，所示仍为此前的快照。",
                f"the last build, begun at {at}, {'failed' if last.reason else 'was stopped'}: this is the snapshot before it",
                last.reason or "",
            )
        )
    return found


def of_filing(settings: Settings, regime: Regime, day: date) -> list[Remark]:
    """Whether the filing of the period of `day` is a draft."""
    period = periods(regime.frequency, day, day + _LONGEST)[0]
    try:
        filing = newest(settings, regime.name, period.name)
    except GlassbookError as error:
        return [
            Remark(
                "报送日志无法读取，不能确定报送状态。", "the log of filings cannot be read: how the filing stands is not known", str(error)
            )
        ]
    if filing is None or filing.state != DRAFT:
        return []
    return [
        Remark(
            f"{filing.filing_id} 报送（第{filing.version}版）为草稿，尚有未解决的错误，数字可能更正。",
            f"the filing {filing.filing_id}, version {filing.version}, is a draft: errors are open, and figures may be corrected",
            f"`glassbook filing status {filing.filing_id}` names them",
        )
    ]


def _shown(settings: Settings, instant: datetime) -> str:
    zone = ZoneInfo(settings.timezone)
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"
