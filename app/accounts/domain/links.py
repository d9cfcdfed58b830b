"""Addresses of one-time links: the token is in the fragment, which goes to no server."""

from __future__ import annotations


def link_address(address: str, kind: str, token: str) -> str:
    """Where the link leads; ``address`` is the archive's own without a slash at its end."""
    page = "set-up" if kind == "setup" else "invitation"
    return f"{address}/{page}#{token}"
