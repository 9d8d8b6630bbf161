"""The page of marketing: channels, costs, people, unit economics."""
