"""How a plan is made from the working sound; pure of database, so that a bench can make one too."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from app.ports.transcriber import Options
from app.transcripts.domain import languages
from app.transcripts.domain.gaps import SoundWalk
from app.transcripts.domain.speech import Span
from app.transcripts.domain.windows import PlannedWindow, SpokenRegion, cut_batches, join_windows, plan_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.ports.transcriber import EngineInfo, Sound, Transcriber
    from app.transcripts.jobs.sound import WorkingSound

BLOCK_MS = 600_000
SAMPLE_MS = 6_000
"""At most so much of a region is listened to for its language."""
LISTENED_AT_ONCE = 16


@dataclass(frozen=True)
class Plan:
    """Everything the version needs before its first word."""

    batches: list[list[dict[str, Any]]]
    spans: list[tuple[int, int, str]]
    """(start_ms, end_ms, reason) of sound with energy and no region."""
    hash: str
    engine: dict[str, Any]
    warnings: list[dict[str, str]]


class Planner:
    """Makes plans with one engine and one set of options."""

    def __init__(self, engine: Transcriber, batch: int, beam: int) -> None:
        """``batch`` windows are encoded together."""
        self._engine = engine
        self._batch = batch
        self._options = Options(beam=beam)

    def plan(self, sounds: Sequence[WorkingSound], declared: Sequence[str], note: Callable[[int, int], None]) -> Plan:
        """Regions, languages, windows and batches; ``note(done_ms, total_ms)`` tells how far it is."""
        info = self._engine.info()
        total = sum(sound.length_ms for sound in sounds)
        codes, warnings = languages.to_whisper(declared, info.model, info.languages)
        spoken: list[SpokenRegion] = []
        spans: list[tuple[int, int, str]] = []
        done = 0
        for sound in sounds:
            regions, lost = self._listen(sound, partial(_note_from, note, done, total))
            spans += [(span.start_ms, span.end_ms, languages.NO_REGION) for span in lost]
            named, more = self._name(sound, regions, codes)
            spoken += named
            warnings += [w for w in more if w not in warnings]
            done += sound.length_ms
        length = max((sound.length_ms for sound in sounds), default=0)
        batches = cut_batches(join_windows(spoken, length), self._batch)
        engine = {**_facts(info), "options": asdict(self._options), "batch": self._batch}
        return Plan(
            batches=_rows(batches),
            spans=sorted(spans),
            hash=plan_hash(engine, batches),
            engine=engine,
            warnings=[{"slug": w.slug, "sentence": w.sentence} for w in warnings],
        )

    def _listen(self, sound: WorkingSound, note: Callable[[int], None]) -> tuple[list[Span], list[Span]]:
        """Regions of speech of one channel, and stretches with sound that are in none of them."""
        regions: list[Span] = []
        walk = SoundWalk()
        state = None
        for start, samples, last in sound.blocks(BLOCK_MS):
            found, state = self._engine.speech(samples, state, last=last)
            regions += [Span(r.start_ms, r.end_ms) for r in found]
            walk.add(samples)
            note(min(sound.length_ms, start + BLOCK_MS))
        return regions, walk.without(regions)

    def _name(
        self, sound: WorkingSound, regions: Sequence[Span], codes: Sequence[str]
    ) -> tuple[list[SpokenRegion], list[languages.LanguageWarning]]:
        """The language of every region: the one declared (checked at two or three places), or heard."""
        listened = languages.to_listen_to(regions, codes)
        heard: dict[int, list[tuple[str, float]]] = {}
        for first in range(0, len(listened), LISTENED_AT_ONCE):
            some = listened[first : first + LISTENED_AT_ONCE]
            allowed = codes if len(codes) > 1 else ()
            chances = self._engine.languages([_middle(sound, regions[i]) for i in some], allowed)
            heard.update(zip(some, chances, strict=True))
        settled, warnings = languages.settle(regions, heard, codes)
        named = [
            SpokenRegion(region.start_ms, region.end_ms, code, sound.channel)
            for region, code in zip(regions, settled, strict=True)
        ]
        return named, warnings


def _note_from(note: Callable[[int, int], None], before_ms: int, total_ms: int, ms: int) -> None:
    note(before_ms + ms, total_ms)


def _middle(sound: WorkingSound, region: Span) -> Sound:
    spare = max(0, region.length_ms - SAMPLE_MS) // 2
    return sound.read(region.start_ms + spare, region.end_ms - spare)


def _facts(info: EngineInfo) -> dict[str, Any]:
    facts = asdict(info)
    del facts["languages"]
    return facts


def _rows(batches: Sequence[Sequence[PlannedWindow]]) -> list[list[dict[str, Any]]]:
    """The windows of each batch as they are kept, numbered through the whole plan."""
    number = count()
    return [
        [
            {
                "seq": next(number),
                "start_ms": window.start_ms,
                "end_ms": window.end_ms,
                "language": window.language,
                "channel": window.channel,
                "regions": [[span.start_ms, span.end_ms] for span in window.regions],
            }
            for window in batch
        ]
        for batch in batches
    ]
