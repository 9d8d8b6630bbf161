"""An independent calculation of the figures, loan by loan in exact Python, and the tests that hold Glassbook against it.

`ledger` and `figures`: what is disclosed. `second_calculation`: what marketing and executives are told (`marketing_…`, `risk_…`,
`business_…`), written from the definitions before anybody compared it with a mart; `marts_…` hold it against the marts,
`questions` against the queries of docs/questions.md.

Belongs here: nothing that Glassbook's own models, SQL or packages would compute; Parquet is only read.
"""
