"""Names across scripts: keys under which Nguyen, Nguyễn and 阮, or Park and 박, are one."""

from app.search.domain.aliases.asking import name_keys, query_keys
from app.search.domain.aliases.running import text_keys

VERSION = "1"
"""Raise it with every change of a table or a rule: the adapters then ask for a rebuild."""

__all__ = ["VERSION", "name_keys", "query_keys", "text_keys"]
