"""Lays out and renders the forms of a filing: workbook, PDF, XML, tables of many rows. Does not: know where a figure comes from."""
