"""One module per kind of page: which records a page shows, at which address. Does not belong here: reading, words, HTML."""
