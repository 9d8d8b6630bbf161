"""The recipients' verifier, which works without Glassbook. Belongs here: one script that imports only Python's standard library."""
