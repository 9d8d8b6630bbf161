"""Whether a package, or everything that was filed from a home, is as it was sealed and signed."""
