"""What pages are made of: reading a snapshot, tables, words for codes, errors on a page. Computes nothing."""
