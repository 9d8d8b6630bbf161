"""The Content-Security-Policy of every page: the meta element of the pages and the headers of servers say the same."""

# No style and no script but the site's own files; a frame around the page is refused by the server's header, which alone can say so.
POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
