"""One page a module; each has `show()`, which reads the snapshot and presents it."""
