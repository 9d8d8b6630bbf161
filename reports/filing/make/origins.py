"""The document lineage.json of a filing: per figure its rows, every upstream model, and the loads that fed them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glassbook.catalogue import load_metrics
from reports.figures.explain import figure_models, row_source
from reports.figures.lineage import Lineage
from reports.figures.reading import FigureSet
from reports.filing.declare.regime import Regime

if TYPE_CHECKING:
    import duckdb


def read_origins(connection: duckdb.DuckDBPyConnection, regime: Regime, figures: FigureSet) -> dict[str, Any]:
    """The document for the figures of one day."""
    lineage = Lineage(connection)
    metrics = {metric.code: metric for metric in load_metrics(regime.name)}
    entries = []
    for figure in figures.figures:
        metric = metrics.get(figure.code)
        source = None if metric is None else row_source(metric, regime)
        models = [regime.figures_table] if metric is None else figure_models(metric, regime)
        upstream = lineage.upstream(models)
        entries.append(
            {
                "code": figure.code,
                "model": regime.figures_table,
                "row_column": None if source is None else source.column,
                "row_models": models,
                "upstream": upstream,
                "loads": [load.load_id for load in lineage.loads(upstream)],
            }
        )
    return {"figures": entries}
