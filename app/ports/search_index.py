"""The search index: finds passages by folded tokens under an access filter that callers must give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    BeforeSwitch = Callable[[Mapping[str, int]], None]

Via = Literal["exact", "alias", "typo"]
Need = Literal["ready", "compare", "rebuild"]
"""What an index wants of the rows: nothing, that they are compared with what it holds, or all stories anew."""
FACETS = ("language", "collection", "person", "place")
MOST_MATCHED = 10_000
"""So many stories are named of those that match."""


class SearchUnavailableError(Exception):
    """The engine is down or answers nonsense; browsing from the database still works.

    Its sentence goes to logs: it quotes neither a question nor a document.
    """


class NotMadeError(SearchUnavailableError):
    """There is no index yet; the engine itself is well."""


class BadDocumentError(ValueError):
    """A document that can never be indexed as it is; asking again does not help, others are not hurt."""


@dataclass(frozen=True)
class IndexSpec:
    """Version of the analyser and of the documents; another version forces a rebuild."""

    version: str


@dataclass(frozen=True)
class StoryAccess:
    """The fields that guard a story in the index; a missing one fails closed (nobody finds it)."""

    level: str | None
    """SHAPES' levels, or "draft"; None = nobody. "community" and "family" ask for a shared group
    besides; "sealed" is found by nobody."""
    owner_id: str | None = None
    """Account that may read its own draft."""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class PassageDoc:
    """One passage (about 30 s of cues) or, with ``seq`` 0 and no times, the story's card."""

    id: str
    seq: int
    recording_id: str | None
    start_ms: int | None
    end_ms: int | None
    text: str
    """Raw text; the adapter folds it. On the card: the summary, or title and summary (the title is
    found either way; spans are on this text)."""
    languages: tuple[str, ...] = ()
    """BCP 47, of the passage."""
    names: tuple[str, ...] = ()
    """Names said of the story's people (card only): the best source of aliases."""
    tail: int = 0
    """Code points at the end of ``text`` that repeat how the next passage (``seq`` + 1) begins, so that
    a phrase across the seam is found, once; words of the tail alone are found in the next passage."""


@dataclass(frozen=True)
class StoryDoc:
    """All that search holds of one story; replaces whatever it held before."""

    story_id: str
    revision: int
    title: str
    access: StoryAccess
    passages: tuple[PassageDoc, ...]
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """FACETS name → values (language tags, collection ids, person names, place names)."""
    recorded_on: str | None = None
    """EDTF date or interval (196X, 1974-05, 1960/1970); the filter takes a story that may fall in it."""
    published_at: datetime | None = None


@dataclass(frozen=True)
class Ticket:
    """A write that was asked for; ``wait`` says when it can be found."""

    value: str


@dataclass(frozen=True)
class Access:
    """Who asks. Required, no default anywhere: the only source of the engine's access filter."""

    account_id: str | None
    role: str
    levels: frozenset[str]
    """Levels of published stories this reader may read."""
    groups: frozenset[str]
    story_grants: frozenset[str]
    """Stories opened for this reader one by one, whatever their level (not drafts, not sealed)."""
    drafts: Literal["none", "own", "all"]
    now: datetime
    without: frozenset[str] = frozenset()
    """Stories that this reader may not know of although the index may still hold them as open to them:
    nothing of them is found, counted, suggested or used for a correction."""


@dataclass(frozen=True)
class Query:
    """What is asked for; ``text`` raw as typed (may be empty: browse)."""

    text: str
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """FACETS name → wanted values (any of them)."""
    date_from: str | None = None
    date_to: str | None = None
    sort: Literal["relevance", "newest", "oldest"] = "relevance"
    """newest, oldest: by ``recorded_on``, then ``published_at``; undated stories last."""
    page: int = 1
    per_page: int = 20
    facets: tuple[str, ...] = ()
    mode: Literal["all", "prefix"] = "all"
    """prefix: the last word is still being typed."""
    literal: bool = False
    """True: only what was typed, no aliases and no typos."""


@dataclass(frozen=True)
class Span:
    """A highlighted run: code points [start, end) of the raw text."""

    start: int
    end: int


@dataclass(frozen=True)
class Hit:
    """One passage that matches; ``spans`` are on the text that was indexed."""

    passage_id: str
    story_id: str
    recording_id: str | None
    start_ms: int | None
    end_ms: int | None
    spans: tuple[Span, ...]
    via: Via
    matched_as: str | None = None
    """For alias and typo: the word of the text that matched, for "阮 ~ Nguyen"."""


@dataclass(frozen=True)
class StoryHit:
    """One story with its best hits (at most three) and how many passages match in it."""

    story_id: str
    hits: tuple[Hit, ...]
    hits_in_story: int


@dataclass(frozen=True)
class Word:
    """A word, or a name, and a passage that is said to have it written so."""

    text: str
    story_id: str
    passage_id: str


@dataclass(frozen=True)
class Suggested:
    """What goes on from what was typed, and everything that it was taken from, so that it can be checked."""

    words: tuple[str, ...] = ()
    passages: Mapping[str, str] = field(default_factory=dict)
    """Passage → story of all that was looked at: the words stand there, and are in the order of how many have them."""


@dataclass(frozen=True)
class Page:
    """One page of stories. Totals and facets count only what this reader may see."""

    stories: tuple[StoryHit, ...]
    total_stories: int
    total_moments: int
    total_is_exact: bool
    facets: Mapping[str, Mapping[str, int]]
    corrected: str | None
    degraded: bool
    took_ms: float
    matched: Mapping[str, int]
    """Every story that is counted, with how many of its passages match, in no order; at most ``MOST_MATCHED``."""
    matched_are_all: bool
    """False where more stories are counted than are named."""
    corrected_by: tuple[Word, ...] = ()
    """The words that ``corrected`` has in place of others."""


class SearchIndex(Protocol):
    """One contract, every engine. Any method may raise ``SearchUnavailableError``."""

    name: str
    """Product name and version for ``doctor``."""

    def ensure(self, spec: IndexSpec) -> Need:
        """Make the index if needed, and say what it wants.

        ``compare``: it is new, or nobody has said since that the rows know what it lacks: compare
        ``inventory`` with them, then ``confirm``. It can be written and asked already.
        ``rebuild``: it is of another version. It goes on answering, ``degraded`` since some words may have
        been folded otherwise, or with ``SearchUnavailableError`` where its form cannot be read; no story is
        put into it until ``rebuild`` has filled a new one.
        """

    def confirm(self) -> None:
        """Say that the rows know what the index lacks, so that ``ensure`` asks for no comparison any more."""

    def put_story(self, story: StoryDoc) -> Ticket:
        """Replace all passages of the story; an older revision than the one held is ignored.

        Raises ``BadDocumentError`` for a document that can never be indexed.
        """

    def delete_story(self, story_id: str, revision: int) -> Ticket:
        """Take the story out, unless a newer revision is held; puts up to this revision stay out."""

    def wait(self, ticket: Ticket, timeout_s: float) -> bool:
        """True once the write can be found (or, for a delete, cannot be found any more)."""

    def search(self, query: Query, access: Access) -> Page:
        """Stories with a passage that matches every word, best first.

        An empty text browses: all stories this reader may see, without hits. A text of signs alone
        finds nothing. Order and numbers depend on nothing that this reader may not see.
        """

    def in_story(self, story_id: str, query: Query, access: Access, *, best_first: bool = False) -> Sequence[Hit]:
        """All matching passages of one story, at most 500, in the order of the sound.

        ``best_first``: in the order in which ``search`` has a story's hits, and the best where there are more.
        """

    def suggest(self, prefix: str, access: Access, n: int) -> Suggested:
        """At most ``n`` words that go on from the prefix, only from passages this reader may read."""

    def inventory(self) -> Iterator[tuple[str, int, int]]:
        """(story_id, revision, passages) of all that is held."""

    def rebuild(self, documents: Iterable[StoryDoc], before_switch: BeforeSwitch | None = None) -> Sequence[str]:
        """Fill a shadow index, compare what it holds with what was put, and switch; answers throughout.

        No write of this process made meanwhile is lost. ``before_switch`` gets the revision of each story that
        the new index holds, while no process can write: what the rows have of others is owed again there. If
        it raises, or anything else goes wrong or dies, the old index stays. Returns the ids of stories whose
        documents were refused (``BadDocumentError``); they are out of the index, all others are in.
        """

    def health(self) -> None:
        """Raise ``SearchUnavailableError`` when the engine cannot answer."""
