"""Stories through HTTP: made, described, published with consent, listed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from app.access.queries import audit_of
from app.stories.domain.edtf import is_edtf
from app.stories.models import Story
from tests.factories.stories import a_recording, a_story, a_transcript

if TYPE_CHECKING:
    from tests.factories.archive import TestArchive

CONSENT = {
    "statement": "Everyone may listen and read.",
    "scope": ["listen", "read", "publish_online"],
    "audience": "public",
    "language": "en",
    "given_by": "Lý Tú Trân",
}


def made(archive: TestArchive, role: Any = "volunteer", **fields: Any) -> dict[str, Any]:
    """A story made through the API by this role."""
    answer = archive.client(role).post("/api/v1/stories", json={"title": "The tin box", **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_volunteer_makes_a_draft_with_names_in_several_scripts(archive: TestArchive) -> None:
    """Names keep their order and forms, and the script of each is seen."""
    names = [{"text": "Nguyễn Mai Lan"}, {"text": "阮梅蘭", "language": "zh-Hant"}, {"text": "나카무라"}]
    story = made(archive, narrators=[{"names": names}], languages=["vi", "yue-Hant"])
    assert story["state"] == "draft"
    assert story["identifier"].startswith("SB-")
    forms = [(n["text"], n["script"]) for n in story["narrators"][0]["names"]]
    assert forms == [("Nguyễn Mai Lan", "Latn"), ("阮梅蘭", "Hani"), ("나카무라", "Hang")]
    assert story["languages"] == ["vi", "yue-Hant"]


def test_a_request_sent_twice_makes_one_story(archive: TestArchive) -> None:
    """The same Idempotency-Key gives the same story, also after it changed; keys are each account's own."""
    client = archive.client("volunteer")
    wanted = {"title": "The tin box", "consent": CONSENT}

    def send(key: str, sender: Any = client, **over: Any) -> Any:
        return sender.post("/api/v1/stories", json=wanted | over, headers={"Idempotency-Key": key})

    first = send("k1")
    again = send("k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert len(again.json()["consents"]) == 1
    assert client.get("/api/v1/stories?mine=true").json()["items"][0]["id"] == first.json()["id"]
    assert len(client.get("/api/v1/stories?mine=true").json()["items"]) == 1
    changed = {"version": first.json()["version"], "title": "Rain"}
    assert client.patch(f"/api/v1/stories/{first.json()['id']}", json=changed).status_code == 200
    assert (send("k1").json()["id"], send("k1").json()["title"]) == (first.json()["id"], "Rain")
    other = send("k1", title="Another")
    assert (other.status_code, other.json()["type"]) == (409, "/docs/problems#idempotency-key-reused")
    assert other.json()["story_id"] == first.json()["id"]
    assert send("k2").json()["id"] != first.json()["id"]
    assert send("k1", sender=archive.client("volunteer", "other")).json()["id"] != first.json()["id"]
    assert send("").status_code == send("k" * 201).status_code == 422
    bare = [client.post("/api/v1/stories", json=wanted).json()["id"] for _ in range(2)]
    assert bare[0] != bare[1]


def test_a_request_sent_twice_at_once_makes_one_story(archive: TestArchive) -> None:
    """Eight at the same moment are one story, and all are told of it."""
    clients = [archive.client("volunteer") for _ in range(8)]

    def send(client: Any) -> tuple[int, str]:
        answer = client.post("/api/v1/stories", json={"title": "Rain"}, headers={"Idempotency-Key": "k"})
        return answer.status_code, answer.json()["identifier"]

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(send, clients))) == 1


@pytest.mark.parametrize("nothing", ["", " "])
def test_an_emptied_field_is_unknown(archive: TestArchive, nothing: str) -> None:
    """A form sends what it has: an empty date or place is none; no collection has an empty id."""
    story = made(archive, place="Malolos", recorded_on="1948")
    change = {"version": story["version"], "place": nothing, "recorded_on": nothing.strip()}
    after = archive.client("volunteer").patch(f"/api/v1/stories/{story['id']}", json=change).json()
    assert (after["place"], after["recorded_on"]) == (None, None)
    wrong = archive.client("volunteer").post("/api/v1/stories", json={"collection_id": nothing})
    assert (wrong.status_code, wrong.json()["detail"]) == (400, "There is no such collection.")


def test_identifiers_are_never_given_again(archive: TestArchive) -> None:
    """Each story gets the next number."""
    numbers = [int(made(archive)["identifier"].rsplit("-", 1)[1]) for _ in range(3)]
    assert numbers == [1, 2, 3]


@pytest.mark.parametrize(("role", "status"), [("stranger", 401), ("registered", 403), ("researcher", 403)])
def test_who_may_not_add_stories(archive: TestArchive, role: Any, status: int) -> None:
    """A stranger is asked to sign in (401); a reader who is signed in may not add stories (403)."""
    assert archive.client(role).post("/api/v1/stories", json={"title": "x"}).status_code == status


def test_unknown_fields_and_shapes_are_refused(archive: TestArchive) -> None:
    """A field that is not in the schema is 422 and a date that cannot be read is 400 with a sentence."""
    client = archive.client("volunteer")
    assert client.post("/api/v1/stories", json={"title": "x", "state": "published"}).status_code == 422
    wrong = client.post("/api/v1/stories", json={"title": "x", "recorded_on": "spring of 48"})
    assert wrong.status_code == 400
    assert "1948" in wrong.json()["detail"]


@pytest.mark.parametrize("blank", [" ", "\n\t", "\u200b", "\u202e", "\u00a0\ufeff"])
def test_what_must_be_said_is_not_blank(archive: TestArchive, blank: str) -> None:
    """A consent of spaces is no consent, and a name of invisible signs no name: 422, and nothing is kept."""
    archivist = archive.client("archivist")
    for body in (
        {"consent": CONSENT | {"statement": blank}},
        {"consent": CONSENT | {"given_by": blank}},
        {"narrators": [{"names": [{"text": blank}]}]},
        {"title_forms": [{"language": "vi", "text": blank}]},
    ):
        answer = archivist.post("/api/v1/stories", json=body)
        assert answer.status_code == 422, body
        assert answer.json()["detail"].endswith(": write something here; there is nothing to read in it")
    assert archivist.post("/api/v1/collections", json={"title": blank}).status_code == 422
    assert archivist.get("/api/v1/stories?mine=true").json()["items"] == []
    assert archivist.get("/api/v1/collections").json()["items"] == []


@pytest.mark.parametrize("wrong", [{"language": "<b>"}, {"language": "x"}, {"script": "latn"}, {"script": "<b>?"}])
def test_a_names_language_and_script_are_tags(archive: TestArchive, wrong: dict[str, str]) -> None:
    """Pages put them where only a tag may stand."""
    body = {"narrators": [{"names": [{"text": "Lan", **wrong}]}]}
    assert archive.client("volunteer").post("/api/v1/stories", json=body).status_code == 422


def test_two_editors_do_not_overwrite_each_other(archive: TestArchive) -> None:
    """The second one of two who read the same version gets 409 and nothing is lost."""
    story = made(archive)
    client = archive.client("volunteer")
    first = client.patch(f"/api/v1/stories/{story['id']}", json={"version": story["version"], "place": "Chợ Lớn"})
    assert first.status_code == 200
    second = client.patch(f"/api/v1/stories/{story['id']}", json={"version": story["version"], "place": "Oakland"})
    assert second.status_code == 409
    assert client.get(f"/api/v1/stories/{story['id']}").json()["place"] == "Chợ Lớn"


def test_only_sent_fields_change(archive: TestArchive) -> None:
    """A change of the title leaves the place and the narrators as they were."""
    story = made(archive, place="Malolos", narrators=[{"names": [{"text": "Remedios Santos"}]}])
    change = {"version": story["version"], "title": "Lola Remy"}
    after = archive.client("volunteer").patch(f"/api/v1/stories/{story['id']}", json=change).json()
    assert (after["title"], after["place"]) == ("Lola Remy", "Malolos")
    assert after["narrators"][0]["names"][0]["text"] == "Remedios Santos"


def test_publishing_needs_a_consent_record_that_covers_the_level(archive: TestArchive) -> None:
    """Without a record, or with one for a narrower audience, the story stays a draft."""
    archivist = archive.client("archivist")
    bare = made(archive)
    refused = archivist.post(f"/api/v1/stories/{bare['id']}/publish", json={"level": "public"})
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("consent-missing")
    narrow = made(archive, consent=CONSENT | {"audience": "registered"})
    assert archivist.post(f"/api/v1/stories/{narrow['id']}/publish", json={"level": "public"}).status_code == 409
    assert archivist.post(f"/api/v1/stories/{narrow['id']}/publish", json={"level": "registered"}).status_code == 200
    assert archive.client().get(f"/api/v1/stories/{narrow['id']}").status_code == 404
    assert archive.client("registered").get(f"/api/v1/stories/{narrow['id']}").status_code == 200


def test_the_contributor_cannot_publish(archive: TestArchive) -> None:
    """Publishing is the archivist's."""
    story = made(archive, consent=CONSENT)
    answer = archive.client("volunteer").post(f"/api/v1/stories/{story['id']}/publish", json={"level": "public"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("role", "name", "reads"),
    [
        ("stranger", "", False),
        ("registered", "", False),
        ("researcher", "", False),
        ("volunteer", "other", False),
        ("volunteer", "", False),  # the contributor: once it is published, it is the archive's to edit
        ("archivist", "", True),
        ("admin", "", True),
    ],
)
def test_the_words_of_a_consent_are_internal(archive: TestArchive, role: Any, name: str, *, reads: bool) -> None:
    """Readers see what was agreed to, when, and the fictional mark; editors also the words and who says so."""
    story = made(archive, consent=CONSENT)
    assert story["consents"][0]["statement"] == CONSENT["statement"]  # the contributor's own draft
    archive.client("archivist").post(f"/api/v1/stories/{story['id']}/publish", json={"level": "public"})
    client = archive.client(role, name)
    read = client.get(f"/api/v1/stories/{story['id']}")
    (consent,) = read.json()["consents"]
    assert consent["kind"] == "contributor_statement"
    assert consent["scope"] == sorted(CONSENT["scope"])
    assert consent["created_at"]
    assert consent["fictional"] is False
    assert (consent["statement"], consent["given_by"]) == (
        (CONSENT["statement"], CONSENT["given_by"]) if reads else ("", "")
    )
    assert [word in read.text for word in ("Everyone may listen", "Lý Tú Trân")] == [reads, reads]
    listed = client.get(f"/api/v1/stories/{story['id']}/consents")
    assert listed.status_code == (200 if reads else 401 if role == "stranger" else 403)


def test_a_consent_record_is_audited_once(archive: TestArchive) -> None:
    """One deed is one line of the audit."""
    story = made(archive)
    path = f"/api/v1/stories/{story['id']}/consents"
    answer = archive.client("volunteer").post(path, json=CONSENT | {"kind": "release_form"})
    assert answer.status_code == 201
    assert answer.json()["statement"] == CONSENT["statement"]
    lines = [event.action for event in archive.in_unit(lambda s: list(audit_of(s, story["id"])))]
    assert lines == ["stories.create_story", "access.record_consent"]


def test_every_change_answers_with_the_whole_story(archive: TestArchive) -> None:
    """Making, changing, publishing and taking back answer what GET gives then, recordings and all."""
    archivist = archive.client("archivist")
    answer = archivist.post("/api/v1/stories", json={"title": "The tin box", "consent": CONSENT})
    path = f"/api/v1/stories/{answer.json()['id']}"
    assert answer.json() == archivist.get(path).json()

    def record(session: Any) -> None:
        recording = a_recording(session, session.get(Story, answer.json()["id"]))
        a_transcript(session, recording, [(0, 3000, "en", "It was raining.")])

    archive.in_unit(record)
    version = archivist.get(path).json()["version"]
    for method, end, body in (
        ("PATCH", "", {"version": version, "title": "Rain"}),
        ("POST", "/publish", {"level": "public"}),
        ("POST", "/unpublish", None),
    ):
        changed = archivist.request(method, path + end, json=body).json()
        assert changed == archivist.get(path).json(), end
        assert [r["transcript"]["status"] for r in changed["recordings"]] == ["machine"]


def test_lists_show_published_stories_and_mine_shows_drafts(archive: TestArchive) -> None:
    """A draft is on nobody's list but its maker's own."""
    draft = made(archive)
    assert archive.client("volunteer").get("/api/v1/stories").json()["items"] == []
    mine = archive.client("volunteer").get("/api/v1/stories?mine=true").json()["items"]
    assert [s["id"] for s in mine] == [draft["id"]]
    assert archive.client("volunteer", "other").get("/api/v1/stories?mine=true").json()["items"] == []


def test_pages_of_stories_are_disjoint_and_complete(archive: TestArchive) -> None:
    """Following the cursor shows every story once, newest first."""
    archive.in_unit(lambda s: [a_story(s, title=f"{n}", state="published", level="public") for n in range(60)])
    seen: list[str] = []
    cursor = ""
    while True:
        page = archive.client().get(f"/api/v1/stories?cursor={cursor}" if cursor else "/api/v1/stories").json()
        seen += [s["title"] for s in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [str(n) for n in reversed(range(60))]
    assert archive.client().get("/api/v1/stories?cursor=nonsense").status_code == 400


def test_home_has_a_voice_and_languages_with_counts(archive: TestArchive) -> None:
    """The first page plays a sentence of a published story, and counts its languages; drafts count nothing."""

    def fill(session: Any) -> None:
        for state, level in (("published", "public"), ("draft", None)):
            story = a_story(session, state=state, level=level, narrator="Luz Bautista Kim")
            recording = a_recording(session, story)
            lines = [
                (0, 3000, "en", "It was Father's voice we heard every Sunday."),
                (3000, 6000, "ko", "설날에는 할머니 댁에 갔어요."),
            ]
            a_transcript(session, recording, lines)

    archive.in_unit(fill)
    home = archive.client().get("/api/v1/home").json()
    assert home["total_stories"] == 1
    assert home["languages"] == [{"tag": "en", "stories": 1}, {"tag": "ko", "stories": 1}]
    assert home["voice"]["text"] == "It was Father's voice we heard every Sunday."
    assert (home["voice"]["start_ms"], home["voice"]["end_ms"]) == (0, 3000)
    korean = archive.client().get("/api/v1/stories?language=ko").json()["items"]
    assert len(korean) == 1
    assert archive.client().get("/api/v1/stories?language=k").json()["items"] == []


def test_a_sentence_of_a_later_recording_says_which(archive: TestArchive) -> None:
    """Where the first recording has no words, home and lists name the recording whose words they show."""

    def fill(session: Any) -> None:
        story = a_story(session, state="published", level="public")
        a_recording(session, story, number=1)
        said = "It was Father's voice we heard every Sunday."
        a_transcript(session, a_recording(session, story, number=3), [(0, 3000, "en", said)])

    archive.in_unit(fill)
    home = archive.client().get("/api/v1/home").json()
    assert home["voice"]["recording_number"] == 3
    listed = archive.client().get("/api/v1/stories").json()["items"][0]
    assert listed["summary"]["first_sentence"]["recording_number"] == 3


@pytest.mark.parametrize(
    "text",
    ["1948", "1948-03", "1948-03-14", "194X", "19XX", "1948~", "1948?", "1948-21", "1948/1950", "1948/..", "../1950"],
)
def test_dates_that_are_edtf(text: str) -> None:
    """Dates, intervals, uncertain dates and seasons are read."""
    assert is_edtf(text)


@pytest.mark.parametrize(
    "text", ["", "48", "1948-13", "1948-02-30", "1948-3", "March 1948", "1948-21-01", "/", "..", "1948-XX-40x"]
)
def test_dates_that_are_not(text: str) -> None:
    """Text that is no EDTF date, or a month and day that do not exist, is refused."""
    assert not is_edtf(text)
