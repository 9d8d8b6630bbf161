"""What must be disclosed by when, what is late, and who must act: from profile, risk events and the log of filings.

Belongs here: deadlines and how they are shown (text, JSON, iCalendar). Does not: the rules themselves (regime.yml), or the obligations
besides filings (reports.filing.declare.obligations).
"""
