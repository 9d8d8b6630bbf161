"""The public transparency site: static pages in each language, and their figures as data files.

`reading` reads the public file of one snapshot, the home's filings and its status into plain records; `pages` selects what each page
shows; templates and words render it; `publishing` writes it. Does not belong here: computing any figure, and anything of one country.
"""
