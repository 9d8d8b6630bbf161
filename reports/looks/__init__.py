"""What `glassbook doctor` looks at: the lake and its log, filings and keys, rights of files, the login of the source."""
