"""The headers that a server sends with the site, as a file that static hosts read, and as values for our own server."""

from __future__ import annotations

from reports.site.policy import POLICY

HEADERS = {
    # What a meta element cannot say: who may put a frame around the page.
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
"""Kept, and asked for whether it changed: a page is small, and a figure that was corrected must not be shown from a cache."""


def headers_file() -> bytes:
    """The file _headers of the root."""
    lines = ["/*", *(f"  {name}: {value}" for name, value in HEADERS.items()), f"  Cache-Control: {ASK_AGAIN}"]
    lines += ["/assets/*", "  ! Cache-Control", f"  Cache-Control: {FOR_EVER}"]
    return ("\n".join(lines) + "\n").encode()
