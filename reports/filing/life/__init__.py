"""The states of a filing, the rules between them (`life.yml`), the log that records them, and which filings are owed."""
