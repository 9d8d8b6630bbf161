"""What one publication says, read into plain records. Belongs here: reading. Does not: words, numbers as text, pages."""
