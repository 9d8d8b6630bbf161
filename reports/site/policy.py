"""The Content-Security-Policy of every page: the meta element of the pages and the headers of servers say the same."""

# Only the site's own styles and scripts. Only the server's header can refuse frames around the page.
POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
