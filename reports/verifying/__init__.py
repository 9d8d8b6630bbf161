"""Checks that a package, or everything filed from a home, is as it was sealed and signed."""
