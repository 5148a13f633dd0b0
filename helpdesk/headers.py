"""The security headers of every answer: a strict policy, nothing inline, no other host; files."""

import base64
import hashlib
import re

from flask import Flask, Response

_SOURCES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "frame-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
)
POLICY = "; ".join(_SOURCES)
_STYLES = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)


def mail_policy(html: str) -> str:
    """Return the policy of a message's HTML, shown alone in a frame that may run nothing.

    It carries its own styles, as mail must: they are allowed by their hash, and nothing else is.
    """
    hashes = (
        base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        for style in _STYLES.findall(html)
    )
    allowed = " ".join(f"'sha256-{one}'" for one in hashes) or "'none'"
    return f"default-src 'none'; style-src {allowed}; frame-ancestors 'self'; sandbox"


def download(content: bytes, mimetype: str, name: str) -> Response:
    """Return a file to be kept under a name (plain letters)."""
    response = Response(content, mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def protect(app: Flask, *, https: bool) -> None:
    """Set the headers on every answer of the app."""

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        # Not no-store: going back must show a form as it was left. Signing out clears the cache.
        headers.setdefault("Cache-Control", "private, no-cache")
        if https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response
