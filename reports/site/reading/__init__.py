"""The content of one publication, read into plain records. Belongs here: reading. Does not: words, numbers as text, pages."""
