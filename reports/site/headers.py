"""The HTTP headers of the site, as a file for static hosts, and as values for our own server."""

from __future__ import annotations

from reports.site.policy import POLICY

HEADERS = {
    # A meta element cannot say who may put the page into a frame.
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
"""Cached, but always revalidated: a page is small, and a corrected figure must not be shown from an old copy."""


def headers_file() -> bytes:
    """The file _headers in the root."""
    lines = ["/*", *(f"  {name}: {value}" for name, value in HEADERS.items()), f"  Cache-Control: {ASK_AGAIN}"]
    lines += ["/assets/*", "  ! Cache-Control", f"  Cache-Control: {FOR_EVER}"]
    return ("\n".join(lines) + "\n").encode()
