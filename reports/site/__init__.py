"""The public transparency site: static pages in each language, with their figures as data files beside them.

`reading` reads the public file of one snapshot, the filings of the home and how it stands into plain records; `pages` picks what each page
shows; templates and words say it; `publishing` writes it. Does not belong here: any figure that is computed, and anything of one country.
"""
