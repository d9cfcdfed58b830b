"""The table of access: what the design says, that SQL and Python agree, and the one door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, insert, select
from sqlalchemy.orm import Session

import app.tables  # noqa: F401  every table
from app.access.commands import audit, record_consent, require
from app.access.domain.consent import covers
from app.access.domain.policy import ArchiveAction, StoryAction, Verdict, actions_on, decide
from app.access.queries import audit_of, consents_of, levels_of, search_access, visible_to
from app.accounts.schemas import Actor, Role
from app.kernel.db import Base
from app.kernel.errors import NotAllowedError, NotFoundError, SignInNeededError
from app.kernel.time import now
from app.stories.models import Story

ME, OTHER = "01890000-0000-7000-8000-00000000000a", "01890000-0000-7000-8000-00000000000b"
ROLES = ("stranger", "registered", "researcher", "volunteer", "archivist", "admin")


@dataclass(frozen=True)
class Guarded:
    """What guards a story, without its table."""

    state: str
    level: str | None
    contributor_id: str | None


def actor(role: str) -> Actor:
    """Me in a role, also one that there is not."""
    return Actor(None if role == "stranger" else ME, cast("Role", role))


# The design's table, word for word: who reads what.
READS = {
    ("draft", None, OTHER): {"archivist", "admin"},
    ("draft", "public", OTHER): {"archivist", "admin"},
    ("draft", "public", None): {"archivist", "admin"},
    ("draft", None, ME): {"volunteer", "archivist", "admin"},
    ("published", "staff", OTHER): {"volunteer", "archivist", "admin"},
    ("published", "registered", OTHER): {
        "registered",
        "researcher",
        "volunteer",
        "archivist",
        "admin",
    },
    ("published", "public", OTHER): set(ROLES),
    ("published", None, ME): {"archivist", "admin"},
    ("published", "sealed", ME): {"archivist", "admin"},
    ("withdrawn", "public", ME): {"archivist", "admin"},
    ("", "public", None): {"archivist", "admin"},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("guard", READS, ids=str)
def test_who_reads_what(guard: tuple[str, str | None, str | None], role: str) -> None:
    """Every cell of the table: state, level and whose draft it is, against every role."""
    story = Guarded(*guard)
    expected = Verdict.ALLOW if role in READS[guard] else Verdict.WITHHOLD
    for action in ("know", "read", "hear"):
        assert decide(actor(role), action, story) is expected


@pytest.mark.parametrize(
    ("role", "story", "verdict"),
    [
        ("stranger", Guarded("published", "public", None), Verdict.SIGN_IN),
        ("registered", Guarded("published", "public", ME), Verdict.REFUSE),
        ("volunteer", Guarded("published", "staff", ME), Verdict.REFUSE),
        ("volunteer", Guarded("draft", None, ME), Verdict.ALLOW),
        ("volunteer", Guarded("draft", None, OTHER), Verdict.WITHHOLD),
        ("volunteer", Guarded("draft", None, None), Verdict.WITHHOLD),
        ("registered", Guarded("draft", None, ME), Verdict.WITHHOLD),
        ("archivist", Guarded("published", "staff", OTHER), Verdict.ALLOW),
    ],
    ids=str,
)
def test_who_edits(role: str, story: Guarded, verdict: Verdict) -> None:
    """Archivists and admins edit all; a contributor only their own draft, not what is published."""
    for action in ("edit", "see_doubtful", "upload", "transcribe", "record_consent"):
        assert decide(actor(role), action, story) is verdict


@pytest.mark.parametrize("role", ROLES)
def test_only_stewards_publish_and_get_masters(role: str) -> None:
    """A contributor may not publish their own draft, nor fetch its master."""
    for story in (Guarded("draft", None, ME), Guarded("published", "public", ME)):
        for action in ("publish", "get_master"):
            allowed = decide(actor(role), action, story) is Verdict.ALLOW
            assert allowed is (role in {"archivist", "admin"})


def test_archive_wide_actions() -> None:
    """Who contributes, makes collections, sees the work and tries it again."""
    assert {
        action: [r for r in ROLES if decide(actor(r), action) is Verdict.ALLOW] for action in get_args(ArchiveAction)
    } == {
        "contribute": ["volunteer", "archivist", "admin"],
        "make_collection": ["archivist", "admin"],
        "see_work": ["archivist", "admin"],
        "retry_work": ["admin"],
        "manage_accounts": ["admin"],
    }
    assert decide(actor("stranger"), "contribute") is Verdict.SIGN_IN
    assert decide(actor("registered"), "contribute") is Verdict.REFUSE


def test_the_operator_is_an_admin_whom_the_audit_names() -> None:
    """The person at this machine may do everything; nobody's draft is the operator's own."""
    operator = Actor.as_operator("mai")
    everything = frozenset(get_args(StoryAction))
    assert actions_on(operator, Guarded("draft", None, None)) == everything
    assert operator.name == "operator:mai"


def test_an_account_less_volunteer_owns_nothing() -> None:
    """A story without a contributor is not the draft of whoever has no account."""
    nobody = Actor(None, "volunteer")
    assert decide(nobody, "know", Guarded("draft", None, None)) is Verdict.WITHHOLD


states = st.sampled_from(["draft", "published", "withdrawn", "", "Published"])
levels = st.sampled_from(["public", "registered", "staff", "sealed", "Public", "", None])
accounts = st.sampled_from([ME, OTHER, None])
actors = st.builds(Actor, accounts, st.sampled_from([*ROLES, "owner", "", "Admin"])) | st.just(Actor.as_operator("mai"))


@pytest.fixture(scope="module")
def every_story() -> Session:
    """One story for every state, level and contributor there can be, and some that cannot."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    session = Session(engine)
    rows = [
        {"identifier": f"{state}/{level}/{who}", "state": state, "level": level, "contributor_id": who}
        for state in ("draft", "published", "withdrawn", "", "Published")
        for level in ("public", "registered", "staff", "sealed", "Public", "", None)
        for who in (ME, OTHER, None)
    ]
    session.execute(insert(Story), rows)
    return session


@given(who=actors)
def test_sql_and_python_agree(every_story: Session, who: Actor) -> None:
    """For every actor, also of unknown roles, the SQL condition gives exactly what ``decide`` allows."""
    found = set(every_story.scalars(select(Story.identifier).where(visible_to(who, Story))))
    stories = every_story.scalars(select(Story)).all()
    allowed = {s.identifier for s in stories if decide(who, "know", s) is Verdict.ALLOW}
    assert found == allowed


@given(who=actors, state=states, level=levels, contributor=accounts)
def test_no_action_without_knowing(who: Actor, state: str, level: str | None, contributor: str | None) -> None:
    """What may not be known is withheld for every action, and unknown roles get nothing at all."""
    story = Guarded(state, level, contributor)
    may = actions_on(who, story)
    if "know" not in may:
        assert not may
        for action in get_args(StoryAction):
            assert decide(who, action, story) is Verdict.WITHHOLD
    if who.role not in ROLES:
        assert not may


@given(who=actors, state=states, level=levels, contributor=accounts)
def test_the_search_filter_agrees(who: Actor, state: str, level: str | None, contributor: str | None) -> None:
    """A story that the search filter lets through is one that the actor may read."""
    access = search_access(who, now())
    story = Guarded(state, level, contributor)
    if state == "draft":
        own = contributor is not None and contributor == access.account_id
        found = access.drafts == "all" or (access.drafts == "own" and own)
    else:
        found = state == "published" and level in access.levels
    if found:
        assert decide(who, "read", story) is Verdict.ALLOW
    assert access.levels == levels_of(who)
    assert (access.account_id, access.role) == (who.account_id, who.role)


def test_the_door_raises_what_is_answered() -> None:
    """Withheld is a 404, a stranger's missing right a 401, an account's a 403."""
    public = Guarded("published", "public", None)
    require(actor("stranger"), "read", public)
    for role, action, story, error in (
        ("stranger", "read", Guarded("draft", None, OTHER), NotFoundError),
        ("volunteer", "edit", Guarded("draft", None, OTHER), NotFoundError),
        ("stranger", "edit", public, SignInNeededError),
        ("registered", "edit", public, NotAllowedError),
        ("stranger", "see_work", None, SignInNeededError),
        ("volunteer", "see_work", None, NotAllowedError),
    ):
        with pytest.raises(error):
            require(actor(role), action, story)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Said:
    """One consent, as far as it counts."""

    scope: tuple[str, ...] = ("listen", "read", "publish_online")
    audience: str | None = None
    given_by: str = "Bà Lan"


@pytest.mark.parametrize(
    ("consents", "levels"),
    [
        ([], ""),
        ([Said()], "public registered staff"),
        ([Said(audience="public")], "public registered staff"),
        ([Said(audience="registered")], "registered staff"),
        ([Said(audience="staff")], "staff"),
        ([Said(audience="everybody")], ""),
        ([Said(scope=("listen", "read"))], ""),
        ([Said(scope=("listen", "publish_online"))], ""),
        ([Said(scope=("listen", "read")), Said(scope=("publish_online",), given_by="X")], ""),
        ([Said(scope=("listen", "read", "publish_online", "quote"))], "public registered staff"),
        ([Said(audience="public"), Said(audience="staff")], "staff"),
        ([Said(audience="staff"), Said(audience="public")], "public registered staff"),
        ([Said(), Said(scope=())], ""),
        ([Said(scope=()), Said(given_by="Ông Minh")], "public registered staff"),
    ],
)
def test_what_a_consent_covers(consents: list[Said], levels: str) -> None:
    """One record must agree to listen, read and publish online, for an audience wide enough."""
    covered = [level for level in ("public", "registered", "staff", "sealed", "") if covers(consents, level)]
    assert covered == levels.split()


def test_consent_is_recorded_and_audited(every_story: Session) -> None:
    """A record keeps what was said, by whom, and the audit says who wrote it down."""
    session = every_story
    story = session.scalars(select(Story).where(Story.state == "draft")).first()
    assert story is not None
    operator = Actor.as_operator("mai")
    for given_by in ("mai", "Bà Lan"):
        record_consent(
            session,
            operator,
            story.id,
            kind="operator_statement",
            scope=["read", "listen", "publish_online", "read"],
            statement="She agreed on the telephone.",
            given_by=given_by,
            evidence={"file_name": "giấy.pdf", "sha256": "0" * 64, "text": "đồng ý"},
        )
    audit(session, Actor.stranger(), "stories.look", story.id, why="test")
    session.flush()
    session.expire_all()
    first, second = consents_of(session, story.id)
    assert (first.given_by, second.given_by) == ("mai", "Bà Lan")
    assert first.scope == ["listen", "publish_online", "read"]
    assert first.evidence == {"file_name": "giấy.pdf", "sha256": "0" * 64, "text": "đồng ý"}
    assert (first.account_id, first.language, first.audience) == (None, "en", None)
    said = [(e.actor, e.action, e.detail.get("consent_id")) for e in audit_of(session, story.id)]
    assert said == [
        ("operator:mai", "access.record_consent", first.id),
        ("operator:mai", "access.record_consent", second.id),
        ("stranger", "stories.look", None),
    ]
    session.rollback()
