"""An independent calculation of the figures, loan by loan in exact Python, and the tests that compare Glassbook with it.

`ledger` and `figures`: what is disclosed. `second_calculation`: figures for marketing and executives (`marketing_…`, `risk_…`,
`business_…`), written from the definitions before it was compared with a mart; `marts_…` compare it with the marts,
`questions` with the queries of docs/questions.md.

Belongs here: nothing that Glassbook's own models, SQL or packages would compute; Parquet is only read.
"""
