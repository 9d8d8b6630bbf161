"""Whether everything that was ever filed from a home is as the log says: packages, seals, their chain, signatures, receipts."""
