"""What leaves the warehouse: figures, explanations, filings, the public page and the charts they share.

Everything here reads a published snapshot and computes no business figure; it picks, prints, seals and checks.
"""
