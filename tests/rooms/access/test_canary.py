"""C1: unique words in every field at every level; each is read by those who may, and by nobody else."""

from __future__ import annotations

import json
import random
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from app.access.commands import record_consent
from app.access.domain.policy import actions_on
from app.accounts.schemas import Actor
from app.recordings.models import Recording
from app.stories.models import Story
from app.transcripts.models import Batch, Cue, TranscriptVersion
from tests.factories.archive import an_archive
from tests.factories.stories import words_of
from tests.rooms.access.crawl import addresses, half_typed, inside, searches
from tests.rooms.access.world import ACTORS, LEVELS, World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from httpx2 import Response
    from sqlalchemy.orm import Session

    from tests.rooms.access.world import Names

VIETNAMESE = "ăâêôơưạảấầẩậắằẳặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
FIELDS = {
    "title": "read",
    "title_form": "read",
    "narrator": "read",
    "place": "read",
    "description": "read",
    "words": "read",
    "doubtful": "see_doubtful",
    "given_by": "edit",
    "statement": "edit",
    "filename": "edit",
}
"""A field and the action that lets an actor know what stands in it."""


@dataclass(frozen=True)
class Canary:
    """One word that stands in one field of one story and nowhere else."""

    on: str
    field: str
    script: str
    word: str


def a_word(dice: random.Random, script: str) -> str:
    """A word that no text holds by chance."""
    if script == "latin":
        return "".join(dice.choices("bcdfghjklmnpqrstvwxz", k=10))
    if script == "han":
        return "".join(chr(dice.randrange(0x4E00, 0x9FA0)) for _ in range(4))
    if script == "kana":
        return "".join(chr(dice.randrange(0x30A2, 0x30EF)) for _ in range(7))
    if script == "hangul":
        return "".join(chr(dice.randrange(0xAC00, 0xD7A0)) for _ in range(4))
    return "".join(dice.choice("bcdghklmnprstvx") + dice.choice(VIETNAMESE) for _ in range(5))


@dataclass
class Cage:
    """The archive, its stories by level, and every canary."""

    world: World
    stories: dict[str, Names]
    canaries: list[Canary]

    def text(self, on: str, field: str) -> str:
        """What stands in the field: its words of all scripts."""
        return " ".join(c.word for c in self.canaries if (c.on, c.field) == (on, field))


def fill(cage: Cage, session: Session, on: str) -> Names:
    """A story at the level, with its canaries in every field."""

    def text(field: str) -> str:
        return cage.text(on, field)

    names = cage.world.a_guarded_story(
        session,
        on,
        narrator=text("narrator"),
        title=text("title"),
        title_forms=[{"language": "vi", "text": text("title_form")}],
        place=text("place"),
        description=text("description"),
    )
    recording = session.get(Recording, names["recording_id"])
    assert recording is not None
    recording.filename = f"{text('filename')}.wav"
    version = session.query(TranscriptVersion).filter_by(recording_id=recording.id).one()
    batch = session.query(Batch).filter_by(version_id=version.id).one()
    for field, doubtful, start in (("words", None, 5000), ("doubtful", "low-probability", 9000)):
        session.add(
            Cue(
                version_id=version.id,
                recording_id=recording.id,
                batch_id=batch.id,
                start_ms=start,
                end_ms=start + 3000,
                language="vi",
                text=text(field),
                words=words_of(text(field), start, start + 3000),
                doubtful=doubtful,
            )
        )
    record_consent(
        session,
        Actor.as_operator("tester"),
        names["story_id"],
        kind="release_form",
        scope=["listen", "read", "publish_online"],
        statement=text("statement"),
        given_by=text("given_by"),
    )
    story = session.get(Story, names["story_id"])
    assert story is not None
    story.revision += 1
    return names


@pytest.fixture(scope="module")
def cage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cage]:
    """A story at every level, indexed."""
    dice = random.Random(20260611)
    canaries = [
        Canary(on, field, script, a_word(dice, script))
        for on in LEVELS
        for field in FIELDS
        for script in ("latin", "han", "kana", "hangul", "vietnamese")
    ]
    with an_archive(tmp_path_factory.mktemp("canary") / "archive") as archive:
        made = Cage(World(archive), {}, canaries)
        made.stories |= archive.in_unit(lambda session: {on: fill(made, session, on) for on in LEVELS})
        archive.work()
        yield made


def folded(text: str) -> str:
    """The text without marks and case, as a search engine keeps it."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in apart if not unicodedata.combining(c)))


def all_text(answer: Response) -> str:
    """Body, headers and address, whatever hides their characters undone."""
    body = answer.content.decode("utf-8", "replace")
    if "json" in answer.headers.get("content-type", "") and answer.content:
        body += json.dumps(answer.json(), ensure_ascii=False)
    headers = "\n".join(f"{k}: {v}" for k, v in answer.headers.items())
    return "\n".join((body, unquote(body), headers, unquote(headers)))


def may_know(cage: Cage, actor: str, canary: Canary) -> bool:
    """Whether the policy lets the actor know what stands in the canary's field."""
    state, level = LEVELS[canary.on]
    contributor = cage.world.actor("contributor").account_id
    guard = Story(state=state, level=level, contributor_id=contributor)
    return FIELDS[canary.field] in actions_on(cage.world.actor(actor), guard)


@pytest.mark.parametrize("actor", ACTORS)
def test_no_canary_sings_to_the_wrong_ear(cage: Cage, actor: str) -> None:
    """Over every address and search the actor reads all words it may know and none that it may not."""
    client = cage.world.client(actor)
    stories = list(cage.stories.values())
    texts = [cage.text(on, field) for on in LEVELS for field in FIELDS]
    words = [c.word for c in cage.canaries if c.field in {"words", "narrator", "doubtful"}]
    asked = addresses(cage.world, stories)
    asked += [("GET", address) for address in (*searches(texts), *half_typed(words))]
    said = [cage.text(on, field) for on in LEVELS for field in ("words", "doubtful")]
    asked += [("GET", address) for address in inside(stories, said)]
    known = {c for c in cage.canaries if may_know(cage, actor, c)}
    secret = {folded(c.word): c for c in cage.canaries if c not in known}
    heard: set[Canary] = set()
    leaks = []
    for method, address in asked:
        answer = client.request(method, address)
        assert answer.status_code < 500, (address, answer.text)
        text = all_text(answer)
        heard |= {c for c in known - heard if c.word in text}
        bare = folded(text)
        leaks += [(method, address[:80], c) for word, c in secret.items() if word in bare]
    assert leaks == []
    assert known - heard == set()


@pytest.mark.parametrize("actor", ACTORS)
def test_search_finds_exactly_what_may_be_read(cage: Cage, actor: str) -> None:
    """Each story's words, said or typed in, find that story for who may read it, else nothing at all."""
    client = cage.world.client(actor)
    for canary in cage.canaries:
        if FIELDS[canary.field] != "read":
            continue
        page = client.get("/api/v1/search", params={"q": canary.word, "literal": "1"}).json()
        # A published story without a level is a fault: search fails closed, archivists browse to it.
        findable = canary.on != "unlevelled" and may_know(cage, actor, canary)
        own = [cage.stories[canary.on]["story_id"]] if findable else []
        assert [item["story_id"] for item in page["items"]] == own, canary
        assert page["total_stories"] == len(own)
        if not own:
            assert page["total_moments"] == 0
            assert not any(page["facets"].values())
            assert page["corrected"] is None


def test_the_actors_differ(cage: Cage) -> None:
    """The cage tells actors apart: strangers know least, archivists everything, each step more."""
    counts = [sum(may_know(cage, a, c) for c in cage.canaries) for a in ACTORS]
    assert counts == sorted(counts)
    # A researcher reads what who is registered reads, until there are access requests.
    assert 0 < counts[0] < counts[1] == counts[2] < counts[3] < counts[4] < counts[5] == len(cage.canaries)
