"""Lays out the forms of a filing and draws them: workbook, PDF, XML, tables of many rows. Does not: know where a figure comes from."""
