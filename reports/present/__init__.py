"""How values look: cells, units, number formats, charts. Knows no figure and no regime."""
