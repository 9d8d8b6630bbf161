"""The page of executives: business, segments, risk."""
