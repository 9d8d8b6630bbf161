"""The filing engine: knows periods, forms, edits, seals and packages, and no regime by name.

A regime is a folder of `reports/regimes/`; everything specific to one is data there or a model in the warehouse. The packages; each
imports only those before it: `declare` (what a regime asks for), `package` (bytes, seals, archives), `life` (states and their log),
`render` (forms as workbook, PDF, XML), `make` (the documents of one filing), `acts` (what people do with it).
"""
