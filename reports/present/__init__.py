"""How values look: cells, units, number formats, charts. Independent of figures and regimes."""
