"""Settings as they are shown to people: each with its source, and no password in any way that one can be written."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from pydantic import BaseModel
from pydantic_settings import DotEnvSettingsSource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.kernel.settings import Settings

HIDDEN = "***"
_SECRET = re.compile(r"pass|pwd|secret|token|key|sign|cred", re.IGNORECASE)
"""In the name of a parameter: password, passfile, sslpassword, oauth_client_secret and their like."""
_HOST = re.compile(r"(\[[^\]]*\]|[^:]*)(:\d*)?")


def masked(text: str) -> str:
    """An address without what is secret in it; a text that is no address as it is.

    A database's user is shown, of any other address nothing before the host, where a token may stand alone. What
    cannot be told apart for certain is hidden as a whole: better too much than a password.
    """
    scheme, mark, rest = text.partition("://")
    if not mark:
        return text
    before, ask, query = rest.partition("?")
    if "@" in query:  # a ? in the password, or an @ in a parameter
        return f"{scheme}://{HIDDEN}"
    userinfo, at, place = before.rpartition("@")
    if at:
        user, colon, _password = userinfo.partition(":")
        userinfo = HIDDEN if scheme.startswith("http") else user + (colon and f":{HIDDEN}")
    elif not _HOST.fullmatch(before.partition("/")[0]):
        return f"{scheme}://{HIDDEN}"
    return f"{scheme}://{userinfo}{at}{place}{ask}{'&'.join(_parameter(one) for one in query.split('&'))}"


def _parameter(text: str) -> str:
    """A part of a query; one without a name may be the rest of a password with an ampersand."""
    name, equals, _value = text.partition("=")
    if not text or (equals and not _SECRET.search(unquote_plus(name))):
        return text
    return f"{name}={HIDDEN}" if equals else HIDDEN


def sources(settings: Settings) -> list[tuple[str, str, str]]:
    """(name, value with secrets masked, where it came from) of every setting, for ``doctor``.

    What follows from another setting, where it is not set itself, is shown as it follows.
    """
    rows: list[tuple[str, str, str]] = []
    in_force = {
        "STORYBRAID_SECRET": f"{HIDDEN} (kept in {settings.data / 'secret'})",
        "STORYBRAID_BASE_URL": settings.address,
        "STORYBRAID_DATABASE__URL": settings.database_url,
        "STORYBRAID_OBJECTS__PATH": str(settings.objects_folder),
    }
    # As the settings themselves are read: in quotes, with export; what is set to nothing is not set.
    read = DotEnvSettingsSource(type(settings), env_file=".env").env_vars

    def walk(prefix: str, value: object) -> None:
        if isinstance(value, BaseModel):
            for name in type(value).model_fields:
                walk(f"{prefix}{'__' if value is not settings else ''}{name.upper()}", getattr(value, name))
            return
        shown = in_force.get(prefix, "(not set)") if value in (None, "") else str(value)
        rows.append((prefix, masked(shown), _source(prefix, read)))

    walk("STORYBRAID_", settings)
    return rows


def _source(name: str, read: Mapping[str, str | None]) -> str:
    if any(key.upper() == name and value for key, value in os.environ.items()):
        return "environment"
    return ".env" if read.get(name.lower()) else "default"
