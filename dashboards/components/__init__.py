"""The parts of pages: reading a snapshot, tables, texts for codes, errors on a page. Computes nothing."""
