"""Where a load reads from: one folder per engine, which declares its own addresses, and modules that engines share.

A new engine is a new folder with an `ENGINE` (`source_engine`) and the source that it opens (`table`, for databases `database`). There is
no list of engines: code that needs them asks `registry`. An engine imports the shared modules and no other engine.
"""
