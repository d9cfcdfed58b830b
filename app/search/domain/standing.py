"""How the words of a question stand in one passage or on a story's card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.search.domain import aliases, glance
from app.search.domain.fold import fold
from app.search.domain.matching import find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.search.domain.matching import Found, Wanted


def in_text(text: str, core: int, languages: Sequence[str], wanted: Sequence[Wanted]) -> Found:
    """How the words match; words of the tail only where the passage's own do not do."""
    seen = glance.find(text, core, wanted)
    if seen is not None:
        return seen
    folded = fold(text)
    plainly = find(text, folded.before(core), (), wanted)
    if not plainly.missing and plainly.via == "exact":
        return plainly  # keys are for words that do not stand there as typed
    any_alias = any(one.aliases for one in wanted)
    keys = aliases.text_keys(text, languages, folded) if any_alias else []
    if core < len(text):
        own = find(text, folded.before(core), [key for key in keys if key[1] < core], wanted)
        if not own.missing:
            return own
    return find(text, folded, keys, wanted)


def on_card(found: Found, lines: tuple[str, ...], wanted: Sequence[Wanted]) -> Found:
    """How the words match that stand in the title or a name and not in the card's text."""
    whole = "\n".join(lines)
    folded = fold(whole)
    plainly = find(whole, folded, (), wanted)
    if not plainly.missing and plainly.via == "exact":
        return found
    keys = [(key, 0, len(line)) for line in lines for key in aliases.name_keys(line)]
    here = find(whole, folded, keys, wanted)
    if here.via != "exact":
        found.via = here.via
        if here.via == "typo":
            found.matched_as = here.matched_as
        else:
            used = {key for one in wanted for group in one.aliases for key in group}
            found.matched_as = next(
                (line for line in lines if used.intersection(aliases.name_keys(line))), here.matched_as
            )
    return found
