"""Checks everything ever filed from a home against the log: packages, seals, their chain, signatures, receipts."""
