"""Meilisearch's filter language, as far as the adapter uses it, on one document.

https://www.meilisearch.com/docs/learn/filtering_and_sorting/filter_expression_reference
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

Test = Callable[[dict[str, Any]], bool]
_TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|(\(|\)|\[|\]|,|<=|>=|!=|=|<|>)|([A-Za-z0-9_.:+-]+))', re.DOTALL)
_LONGEST = 468


class FilterError(Exception):
    """The filter cannot be read, or names an attribute that may not be filtered so."""


def compiled(given: Any, settings: dict[str, Any]) -> Test:
    """A filter (text, or a list of texts and lists: all of the outer, any of the inner) as a test."""
    if given is None or given == []:
        return lambda _: True
    if isinstance(given, str):
        return _Parser(given, settings).whole()
    tests = [
        _any([compiled(one, settings) for one in part]) if isinstance(part, list) else compiled(part, settings)
        for part in given
    ]
    return lambda document: all(test(document) for test in tests)


def _any(tests: list[Test]) -> Test:
    return lambda document: any(test(document) for test in tests)


def held(value: Any) -> str:
    """A value as the engine compares it: capitals and forms of Unicode are not told apart, the end is cut."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = unicodedata.normalize("NFKD", str(value).strip()).lower()
    return text.encode()[:_LONGEST].decode(errors="ignore")


class _Parser:
    def __init__(self, text: str, settings: dict[str, Any]) -> None:
        self._tokens: list[tuple[str, str]] = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise FilterError(text[at:])
            at = match.end()
            if match.group(1) is not None:
                self._tokens.append(("value", re.sub(r"\\(.)", r"\1", match.group(1), flags=re.DOTALL)))
            else:
                self._tokens.append(("sign" if match.group(2) else "word", match.group(2) or match.group(3)))
        self._settings = settings

    def whole(self) -> Test:
        test = self._or()
        if self._tokens:
            raise FilterError(str(self._tokens))
        return test

    def _next(self, *wanted: str) -> bool:
        if self._tokens and self._tokens[0][0] != "value" and self._tokens[0][1] in wanted:
            self._tokens.pop(0)
            return True
        return False

    def _or(self) -> Test:
        tests = [self._and()]
        while self._next("OR"):
            tests.append(self._and())
        return _any(tests)

    def _and(self) -> Test:
        tests = [self._one()]
        while self._next("AND"):
            tests.append(self._one())
        return lambda document: all(test(document) for test in tests)

    def _one(self) -> Test:
        if self._next("("):
            test = self._or()
            if not self._next(")"):
                raise FilterError("no closing bracket")
            return test
        kind, name = self._take()
        if kind != "word":
            raise FilterError(name)
        if self._next("NOT"):
            if not self._next("IN"):
                raise FilterError("NOT")
            values = self._list()
            self._allowed(name, "equality")
            return lambda document: not values & _values(document, name)
        if self._next("IN"):
            values = self._list()
            self._allowed(name, "equality")
            return lambda document: bool(values & _values(document, name))
        _, sign = self._take()
        _, value = self._take()
        if sign in {"=", "!="}:
            self._allowed(name, "equality")
            wanted = held(value)
            return lambda document: (wanted in _values(document, name)) is (sign == "=")
        self._allowed(name, "comparison")
        return _comparison(name, sign, float(value))

    def _take(self) -> tuple[str, str]:
        if not self._tokens:
            raise FilterError("it ends too soon")
        return self._tokens.pop(0)

    def _list(self) -> set[str]:
        if not self._next("["):
            raise FilterError("no list")
        values: set[str] = set()
        while not self._next("]"):
            values.add(held(self._take()[1]))
            self._next(",")
        return values

    def _allowed(self, name: str, feature: str) -> None:
        for group in self._settings.get("filterableAttributes", []):
            if name in group["attributePatterns"] and group["features"]["filter"][feature]:
                return
        raise FilterError(f"{name} {feature}")


def _values(document: dict[str, Any], name: str) -> set[str]:
    value = document.get(name)
    if value is None:
        return set()
    return {held(one) for one in value} if isinstance(value, list) else {held(value)}


def _comparison(name: str, sign: str, limit: float) -> Test:
    def test(document: dict[str, Any]) -> bool:
        value = document.get(name)
        if not isinstance(value, (int, float)):
            return False
        return {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}[sign]

    return test
