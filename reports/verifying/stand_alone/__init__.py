"""What recipients of filings verify with, without Glassbook. Belongs here: one script that imports nothing but Python's own library."""
