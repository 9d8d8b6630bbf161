"""What leaves the warehouse: figures, explanations, filings, the public page and the charts they share.

Everything here reads a published snapshot. It computes no business figure; it selects, prints, seals and checks.
"""
