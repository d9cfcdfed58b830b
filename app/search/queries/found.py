"""What was found, re-checked in the database for this reader and shown from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

from sqlalchemy import bindparam, select, tuple_

from app.kernel.errors import UnavailableError
from app.kernel.logging import log
from app.ports.search_index import Query, SearchUnavailableError, Via
from app.recordings.models import Recording
from app.search.domain.spans import times
from app.search.models import Passage
from app.search.queries.checked import access_of, asked, facets_of, texts_of
from app.search.queries.renewal import is_thin
from app.search.queries.snippets import snippet
from app.search.schemas import FlatHit, HitRead, SearchPage, StoryHits, StorySearch
from app.stories.queries import story, story_items
from app.transcripts.models import Cue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from app.accounts.schemas import Actor
    from app.ports.search_index import Hit, Page, SearchIndex
    from app.search.queries.checked import Known


logger = log("search")

# Columns, not rows that the session would watch (half the time of a page at 60 hits), and built once.
_SHOWN = (
    select(
        Passage.id,
        Passage.story_id,
        Passage.recording_id,
        Passage.transcript_version_id,
        Passage.start_ms,
        Passage.end_ms,
        Passage.text,
        Passage.cue_map,
        Recording.number.label("recording_number"),
    )
    .outerjoin(Recording, Recording.id == Passage.recording_id)
    .where(
        Passage.id.in_(bindparam("passage_ids", expanding=True)),
        Passage.story_id.in_(bindparam("visible", expanding=True)),
    )
)


VIAS: Final[tuple[Via, ...]] = get_args(Via)
"""The ways to be found, the best first."""
BEST: Final = VIAS[0]


class SearchRestsError(UnavailableError):
    """The engine does not answer."""

    slug = "search-rests"
    title = "Search is resting. Browsing by people, places and collections works."


def search_page(session: Session, index: SearchIndex, actor: Actor, query: Query) -> SearchPage:
    """A page of stories for this reader; raises ``SearchRestsError`` when the engine does not answer, or wrongly.

    The engine says which stories match; what is told of them is counted and read in the database.
    """
    try:
        page, known = asked(session, actor, lambda access: index.search(query, access), _named)
    except SearchUnavailableError as error:
        raise _rests(error) from error
    cards = story_items(session, actor, [hit.story_id for hit in page.stories])
    hits = _read(session, set(cards), [h for s in page.stories for h in s.hits])
    items = [
        StoryHits(
            story_id=card.id,
            title=card.title,
            narrators=card.narrators,
            summary=card.summary,
            hits=[hits[h.passage_id] for h in found.hits if h.passage_id in hits],
            hits_in_story=found.hits_in_story,
        )
        for found in page.stories
        if (card := cards.get(found.story_id)) is not None
    ]
    counted = {**{found.story_id: found.hits_in_story for found in page.stories}, **page.matched}
    return SearchPage(
        items=items,
        total_stories=len(counted),
        total_moments=sum(counted.values()),
        facets=facets_of(session, {one: known[one] for one in counted}),
        corrected=_corrected(session, known, page),
        degraded=page.degraded or not page.matched_are_all or is_thin(session, actor),
    )


def _rests(error: SearchUnavailableError) -> SearchRestsError:
    """The reader's sentence; the reason, which quotes no question, is for who keeps the archive."""
    logger.warning("search_rests", reason=str(error))
    return SearchRestsError()


def _named(page: Page) -> set[str]:
    """Every story that anything of the page is of."""
    return {*page.matched, *(found.story_id for found in page.stories), *(word.story_id for word in page.corrected_by)}


def _corrected(session: Session, known: Known, page: Page) -> str | None:
    """What may have been meant, where its words stand as the engine says."""
    if not page.corrected or not page.corrected_by:
        return None
    texts = texts_of(session, known, [word.passage_id for word in page.corrected_by])
    stand = all(word.text in texts.get(word.passage_id, "") for word in page.corrected_by)
    return page.corrected if stand else None


def story_search(  # noqa: PLR0913  one story's moments, for one reader, in one of two orders
    session: Session, index: SearchIndex, actor: Actor, story_id: str, query: Query, *, best_first: bool = False
) -> StorySearch:
    """All moments of one story in the order of the sound or the best first; ``NotFoundError`` where it is withheld."""
    story(session, actor, story_id)
    try:
        found = index.in_story(story_id, query, access_of(session, actor), best_first=best_first)
    except SearchUnavailableError as error:
        raise _rests(error) from error
    own = [hit for hit in found if hit.story_id == story_id]
    hits = _read(session, {story_id}, own)
    items = [hits[h.passage_id] for h in own if h.passage_id in hits]
    return StorySearch(items=items, total=len(items))


def suggestions(session: Session, index: SearchIndex, actor: Actor, prefix: str, n: int) -> list[str]:
    """Words that go on from the prefix, of what this reader may read, and as the database has it."""
    try:
        found, known = asked(
            session, actor, lambda access: index.suggest(prefix, access, n), lambda one: set(one.passages.values())
        )
    except SearchUnavailableError:
        return []
    texts = list(texts_of(session, known, found.passages).values()) if found.words else []
    return [word for word in found.words if any(word in text for text in texts)]


def flat_hits(  # noqa: PLR0913  the command line's own words
    session: Session, index: SearchIndex, actor: Actor, text: str, *, story_id: str | None, most: int
) -> list[FlatHit]:
    """Moments best first, at most ``most``: what was typed before names, and these before typing errors.

    Among equals three of each story, then the rest of each, as the engine has them.
    """
    query = Query(text=text, facets=())
    if story_id is not None:
        title = story(session, actor, story_id).title
        found = story_search(session, index, actor, story_id, query, best_first=True).items
        return [_flat(h, title) for h in sorted(found, key=_exactness)[:most]]
    page = search_page(session, index, actor, query)
    hits = [(h, item.title) for item in page.items for h in item.hits]
    seen = {h.passage_id for h, _ in hits}
    for item in page.items:
        if sum(h.via == BEST for h, _ in hits) >= most:
            break
        if item.hits_in_story > len(item.hits):
            more = story_search(session, index, actor, item.story_id, query, best_first=True).items
            hits += [(h, item.title) for h in more if h.passage_id not in seen]
    return [_flat(h, title) for h, title in sorted(hits, key=lambda one: _exactness(one[0]))[:most]]


def _exactness(hit: HitRead) -> int:
    return VIAS.index(hit.via)


def _flat(hit: HitRead, title: str) -> FlatHit:
    return FlatHit(
        story_id=hit.story_id,
        recording_id=hit.recording_id,
        title=title,
        start_ms=hit.start_ms,
        end_ms=hit.end_ms,
        text=hit.text,
        via=hit.via,
    )


def _read(session: Session, visible: set[str], found: Iterable[Hit]) -> Mapping[str, HitRead]:
    """Hits by passage, with text and times from the database; ``visible`` are stories that passed the re-check."""
    hits = {h.passage_id: h for h in found}
    rows = session.execute(_SHOWN, {"passage_ids": list(hits), "visible": list(visible)}).all()
    cues = _cues(session, rows, hits)
    read: dict[str, HitRead] = {}
    for row in rows:
        hit = hits[row.id]
        spans = [(s.start, s.end) for s in hit.spans]
        when = times(row.cue_map, spans)
        text, shifted = snippet(row.text, row.cue_map, spans)
        cue = cues.get(row.id)
        start, end = when or (row.start_ms, row.end_ms)
        read[row.id] = HitRead(
            passage_id=row.id,
            story_id=row.story_id,
            recording_id=row.recording_id,
            recording_number=row.recording_number,
            start_ms=start,
            end_ms=end,
            text=text,
            spans=shifted,
            via=hit.via,
            matched_as=hit.matched_as if hit.matched_as and hit.matched_as in row.text else None,
            language=cue.language if cue else None,
            speaker=cue.speaker if cue else None,
        )
    return read


def _cues(session: Session, rows: Sequence[Row[Any]], hits: Mapping[str, Hit]) -> dict[str, Any]:
    """Language and speaker of the cue that each hit's first matched word is in, by passage."""
    wanted: dict[tuple[str, int], list[str]] = {}
    for row in rows:
        spans = hits[row.id].spans
        at = min((s.start for s in spans), default=0)
        start = next((entry[2] for entry in row.cue_map if entry[0] <= at < entry[1]), None)
        if row.transcript_version_id and start is not None:
            wanted.setdefault((row.transcript_version_id, start), []).append(row.id)
    if not wanted:
        return {}
    # Not the whole cue: its words are most of it.
    found = session.execute(
        select(Cue.version_id, Cue.start_ms, Cue.language, Cue.speaker).where(
            tuple_(Cue.version_id, Cue.start_ms).in_(list(wanted))
        )
    ).all()
    return {id_: cue for cue in found for id_ in wanted[cue.version_id, cue.start_ms]}


def query_of(  # noqa: PLR0913  one facet each
    text: str,
    *,
    filters: Mapping[str, Sequence[str]],
    sort: str,
    page: int,
    per_page: int,
    literal: bool,
) -> Query:
    """A port's query from what an address says."""
    return Query(
        text=text,
        filters={name: tuple(values) for name, values in filters.items() if values},
        sort=sort if sort in ("newest", "oldest") else "relevance",  # type: ignore[arg-type]
        page=page,
        per_page=per_page,
        mode="prefix",
        literal=literal,
    )
