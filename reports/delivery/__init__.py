"""Delivery of signed packages to their recipient: to a folder, by SFTP or by HTTPS.

Belongs here: the adapters, the attempts with their log, receipts. Does not: what may be delivered when (reports.filing), or the settings of
a target (glassbook.delivery_target).
"""
