"""An independent calculation of the figures, loan by loan in exact Python, and the tests that hold Glassbook against it.

Belongs here: nothing that Glassbook's own models, SQL or packages would compute; Parquet is only read.
"""
