"""Reading commands answer in about a second because nothing heavy is imported on their way."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"altair", "dagster", "dbt", "holidays", "jinja2", "numpy", "pandas", "pandera", "pyarrow", "streamlit", "xlsxwriter"}
MODULES = (
    *("commands.figures", "commands.explain", "commands.verify", "commands.doctor", "commands.compare", "commands.restatements"),
    *("figures.reading", "figures.table", "figures.explain", "figures.explain_text", "figures.selection", "figures.lineage"),
    *("verifying.package", "doctor.examining"),
    *("restating.comparing", "restating.annex", "restating.text", "restating.touched"),
)


def test_reading_commands_import_nothing_heavy() -> None:
    script = (
        "import importlib, sys\n"
        f"for name in {MODULES!r}: importlib.import_module('reports.' + name)\n"
        "import duckdb; duckdb.connect().execute('select 1.5::decimal(9, 2), current_date').fetchall()\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    imported = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not HEAVY & set(imported)
