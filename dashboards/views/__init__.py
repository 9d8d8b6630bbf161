"""One page a module; each has `show()`, which reads the snapshot and presents it. One without is a part of a page, called by it."""
