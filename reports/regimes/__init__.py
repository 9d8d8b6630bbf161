"""The regimes: one folder each, with all that is particular to it. Which are installed: the entry points `glassbook.regimes`."""
