"""Where a load reads from: a folder for each engine, which says itself what its addresses are, and beside them what engines share.

A new engine is a new folder with an `ENGINE` (`source_engine`) and the source that it opens (`table`, for databases `database`). No list
names it: whatever must know the engines asks `registry`. An engine imports the shared ground and no other engine.
"""
