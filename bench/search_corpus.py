"""Stories for the search benchmarks, made of real sentences in many scripts; the same seed, the same archive."""

from __future__ import annotations

import datetime as dt
import random
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from app.ports.search_index import PassageDoc, StoryAccess, StoryDoc

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "sentences"
PASSAGES_PER_STORY = 40
_SHARES = {"en": 34, "zh-Hant": 16, "zh-Hans": 8, "yue": 4, "ko": 14, "vi": 9, "ja": 5, "th": 8, "tl": 2}
_UNSPACED = {"zh-Hant", "zh-Hans", "yue", "ja", "th"}
_LEVELS = ("public",) * 7 + ("registered",) * 2 + ("draft",)


def sentences() -> dict[str, list[str]]:
    """Sentences by language tag; an empty dict where the data is not on this machine."""
    found: dict[str, list[str]] = {}
    for path in sorted(DATA.glob("*.*")) if DATA.is_dir() else []:
        language = path.name.split("__")[0]
        if language not in _SHARES:
            continue
        for line in path.read_text("utf-8").splitlines():
            text = line.replace("\t", "，") if "tang_song" in path.name else line.partition(",0")[0]
            # A few sources hold whole paragraphs in one line.
            found.setdefault(language, []).extend(one.strip() + "." for one in text.split(". ") if len(one.strip()) > 1)
    return found


def stories(passages: int, seed: int = 5) -> Iterator[StoryDoc]:
    """About ``passages`` passages of half a minute of speech, in stories of forty."""
    known = sentences()
    rng = random.Random(seed)
    languages = list(_SHARES)
    for number in range(passages // PASSAGES_PER_STORY):
        (language,) = rng.choices(languages, list(_SHARES.values()))
        docs = [PassageDoc(f"s{number}-0", 0, None, None, None, f"Summary {number}", (language,))]
        for seq in range(1, PASSAGES_PER_STORY):
            text = _half_a_minute(known[language], language, rng)
            docs.append(
                PassageDoc(
                    f"s{number}-{seq}", seq, f"r{number}", seq * 30_000, seq * 30_000 + 30_000, text, (language,)
                )
            )
        yield StoryDoc(
            story_id=f"s{number}",
            revision=1,
            title=" ".join(rng.choice(known[language]).split()[:6])[:60],
            access=StoryAccess(_LEVELS[number % 10], owner_id=f"a{number % 50}"),
            passages=tuple(docs),
            facets={
                "language": (language,),
                "collection": (f"c{number % 12}",),
                "person": (f"Person {number % 400}",),
                "place": (f"Place {number % 60}",),
            },
            recorded_on=f"{1950 + number % 70}",
            published_at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=number),
        )


def _half_a_minute(known: list[str], language: str, rng: random.Random) -> str:
    """Sentences that stand together in the source, about 75 words or 150 characters of them."""
    at = rng.randrange(len(known))
    parts: list[str] = []
    size, goal = 0, 150 if language in _UNSPACED else 75
    for one in islice(known, at, at + 30):
        parts.append(one)
        size += len(one) if language in _UNSPACED else len(one.split())
        if size >= goal:
            break
    return " ".join(parts)[:1_200]
