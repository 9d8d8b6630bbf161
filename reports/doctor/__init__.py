"""`glassbook doctor`: the lake and its log, filings and keys, rights of files, the login of the source."""
