"""Who may sign and what was signed: key register, private keys, sign-offs, the file SIGNATURES of a package.

Belongs here: Ed25519 and its records. Does not: when a sign-off is allowed (reports/filing/life/life.yml).
"""
