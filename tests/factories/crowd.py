"""People who use an archive while its parts are killed: they go on after every error, and see nothing that is half."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.factories.telling import HeardCue, Told

PART_BYTES = 8 * 1024 * 1024
CONSENT = {
    "statement": "You may all hear it.",
    "scope": ["listen", "read", "quote", "download", "publish_online", "process_by_ai"],
    "audience": "public",
    "given_by": "The teller",
}
COMPLETE = "machine"
SAFE = ("stored", "processing", "ready")
PATIENCE_S = 300
SLOWEST_S = 30


@dataclass
class Tale:
    """A story that is sent, and what its sender was told of it."""

    number: int
    told: Told
    data: bytes
    story_id: str = ""
    upload_id: str = ""
    recording_id: str = ""
    safe: bool = False
    title: str = ""
    titles: set[str] = field(default_factory=set)
    """Every title that it may have now: the last one that was acknowledged, and those asked for since."""
    may_be_public: bool = False
    """False only from the moment at which taking it back was acknowledged until publishing is asked for again."""
    must_be_public: bool = False
    """True only from the moment at which publishing was acknowledged until taking it back is asked for."""
    changes: int = 0
    """Grows whenever one of these changes."""

    @property
    def sha256(self) -> str:
        """Of the file."""
        return hashlib.sha256(self.data).hexdigest()


class Crowd:
    """Senders, an editor and readers, each in threads of their own, until told to stop."""

    def __init__(self, address: str, cookie: dict[str, str], told: Sequence[Told], seed: int, part_bytes: int) -> None:
        """``cookie`` of an archivist; ``part_bytes``: how much longer than one part each file is."""
        self.address = address
        self.told = told
        self.tales: list[Tale] = []
        self.faults: Counter[str] = Counter()
        self.moved: dict[str, float] = {}
        """When something last went well, by what: the beginning of that, so that it is later than a kill before it."""
        self.answers: Counter[str] = Counter()
        self.stopping = threading.Event()
        self.most_tales = 10_000
        self._cookie, self._seed, self._part_bytes = cookie, seed, part_bytes
        self._lock = threading.Lock()
        self._edited = threading.Event()
        self._writers: list[threading.Thread] = []
        self._readers: list[threading.Thread] = []

    # Life

    def begin(self, senders: int = 2) -> None:
        """Start everybody."""
        self._writers = [self._thread(f"sender {n}", self._send) for n in range(senders)]
        self._writers.append(self._thread("editor", self._edit))
        self._readers = [
            self._thread("archivist", lambda: self._read(stranger=False)),
            self._thread("stranger", lambda: self._read(stranger=True)),
        ]

    def finish_changing(self, seconds: float) -> None:
        """No more files are begun and nothing is edited; wait for what is on its way. Readers go on."""
        self.most_tales = 0
        self._edited.set()
        until = time.monotonic() + seconds
        for thread in self._writers:
            thread.join(max(0.1, until - time.monotonic()))
            if thread.is_alive():
                self.fault(f"{thread.name} did not come to an end")

    def end(self) -> None:
        """Everybody goes."""
        self.most_tales = 0
        self._edited.set()
        self.stopping.set()
        for thread in [*self._writers, *self._readers]:
            thread.join(60)

    def fault(self, sentence: str) -> None:
        """Something that must not be."""
        if not self.faults[sentence]:
            print(f"FAULT {time.strftime('%X')} {sentence}", flush=True)
        self.faults[sentence] += 1

    def _thread(self, name: str, run: Callable[[], None]) -> threading.Thread:
        def guarded() -> None:
            try:
                run()
            except Exception as error:  # noqa: BLE001  told at the end
                self.fault(f"{name}: {type(error).__name__}: {error}")

        thread = threading.Thread(target=guarded, name=name, daemon=True)
        thread.start()
        return thread

    def went_well(self, what: str, began: float) -> None:
        """Note that this moved."""
        with self._lock:
            self.moved[what] = max(began, self.moved.get(what, 0.0))

    # Asking

    @contextmanager
    def client(self, *, stranger: bool = False) -> Iterator[httpx.Client]:
        """A browser's like."""
        headers = {} if stranger else {"Sec-Fetch-Site": "same-origin"}
        with httpx.Client(
            base_url=f"{self.address}/api/v1",
            timeout=SLOWEST_S,
            headers=headers,
            cookies=None if stranger else self._cookie,
        ) as client:
            yield client

    def ask(self, client: httpx.Client, method: str, path: str, **more: Any) -> httpx.Response | None:
        """One request; None where nobody answers or the answer is a rest, which is 503 with a sentence."""
        began = time.monotonic()
        try:
            answer = client.request(method, path, **more)
        except httpx.ReadTimeout:
            self.fault(f"{method} {_shape(path)} hangs for {SLOWEST_S} s")
            return None
        except httpx.TransportError as error:
            self.answers[type(error).__name__] += 1
            return None
        self.answers[str(answer.status_code)] += 1
        if answer.status_code < 500:
            if method != "GET" and answer.is_success:
                self.went_well("api", began)
            return answer
        told = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        rests = answer.status_code == 503 and told.get("detail") and answer.headers.get("retry-after")
        if not rests:
            self.fault(f"{method} {_shape(path)}: {answer.status_code} {answer.text[:300]}")
        return None

    def until(self, client: httpx.Client, method: str, path: str, **more: Any) -> httpx.Response:
        """Again and again until there is an answer."""
        until = time.monotonic() + PATIENCE_S
        while (answer := self.ask(client, method, path, **more)) is None:
            if time.monotonic() > until:
                raise TimeoutError(f"{method} {path}")
            time.sleep(0.2)
        return answer

    # Sending

    def _send(self) -> None:
        with self.client() as client:
            while True:
                with self._lock:
                    if len(self.tales) >= self.most_tales:
                        return
                    number = len(self.tales)
                    told = self.told[number % len(self.told)]
                    tale = Tale(number, told, told.file(self._seed * 10_000 + number, self._part_bytes))
                    self.tales.append(tale)
                self._send_one(client, tale)
                # The workers come after: a few recordings wait, not hundreds.
                while not self.stopping.is_set() and self.most_tales and self._unfinished(client) > 4:
                    time.sleep(1)

    def _unfinished(self, client: httpx.Client) -> int:
        listed = self.until(client, "GET", "/uploads?open=false").json()["items"]
        return sum(one["state"] != "ready" for one in listed)

    def _send_one(self, client: httpx.Client, tale: Tale) -> None:
        title = f"Tale {tale.number}"
        tale.titles = {title}
        wanted = {"title": title, "languages": ["en"], "consent": CONSENT}
        made = self.until(client, "POST", "/stories", json=wanted, headers={"Idempotency-Key": f"tale-{tale.number}"})
        assert made.status_code == 201, made.text
        tale.title = title
        body = {
            "filename": f"tale-{tale.number}.wav",
            "size_bytes": len(tale.data),
            "content_type": "audio/wav",
            "story_id": made.json()["id"],
        }
        plan = self.until(client, "POST", "/uploads", json=body, headers={"Idempotency-Key": f"file-{tale.number}"})
        assert plan.status_code == 201, plan.text
        tale.upload_id = plan.json()["id"]
        size = plan.json()["part_size_bytes"]
        pieces = [tale.data[at : at + size] for at in range(0, len(tale.data), size)]
        digests = [hashlib.sha256(piece).hexdigest() for piece in pieces]
        etags = {n: self._send_part(client, tale, n, pieces[n - 1], digests[n - 1]) for n in range(1, len(pieces) + 1)}
        self._complete(client, tale, pieces, digests, etags)
        tale.story_id = made.json()["id"]  # from here on others look at it

    def _complete(
        self, client: httpx.Client, tale: Tale, pieces: list[bytes], digests: list[str], etags: dict[int, str]
    ) -> None:
        """Say that all is there, and send what is not, until the archive says that it is safe."""
        until = time.monotonic() + PATIENCE_S
        path = f"/uploads/{tale.upload_id}"
        named = True
        while time.monotonic() < until:
            if named:
                parts = [{"number": n, "etag": etags[n], "sha256": digests[n - 1]} for n in sorted(etags)]
                done = self.until(client, "POST", f"{path}/complete", json={"parts": parts})
                if done.status_code == 409:
                    again = done.json().get("missing") or done.json().get("bad")
                    self.answers["parts again"] += len(again)
                    for n in again:
                        etags[n] = self._send_part(client, tale, n, pieces[n - 1], digests[n - 1])
                    continue
                assert done.status_code == 202, done.text
                named = False
            state = self.until(client, "GET", path).json()
            if state["state"] in SAFE:
                tale.recording_id = state["recording_id"]
                tale.safe = True
                return
            if state["state"] == "failed":
                self.fault(f"an upload failed: {state['reason']}")
                named = state["retryable"]
            time.sleep(0.3)
        raise TimeoutError(f"upload {tale.upload_id}")

    def _send_part(self, client: httpx.Client, tale: Tale, number: int, data: bytes, digest: str) -> str:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            wanted = {"parts": [{"number": number, "sha256": digest}]}
            told = self.until(client, "POST", f"/uploads/{tale.upload_id}/parts", json=wanted)
            assert told.status_code == 200, told.text
            if number in told.json()["received"]:
                return "x"
            (address,) = told.json()["parts"]
            began = time.monotonic()
            try:
                answer = httpx.put(address["url"], content=data, headers=address["headers"], timeout=SLOWEST_S)
            except httpx.TransportError:
                time.sleep(0.2)
                continue
            self.answers[f"part {answer.status_code}"] += 1
            if answer.status_code == 200:
                self.went_well("store", began)
                return answer.headers["etag"].strip('"')
            time.sleep(0.2)
        raise TimeoutError(f"part {number} of {tale.upload_id}")

    # Editing

    def _edit(self) -> None:
        chance = random.Random(self._seed + 1)
        with self.client() as client:
            turn = 0
            while not self._edited.wait(0.4):
                known = [tale for tale in self.tales if tale.story_id]
                if not known:
                    continue
                tale = chance.choice(known[-12:])
                turn += 1
                if chance.random() < 0.6:
                    self._rename(client, tale, f"Tale {tale.number} told {turn} times")
                else:
                    self._show(client, tale, public=not tale.must_be_public)

    def _rename(self, client: httpx.Client, tale: Tale, title: str) -> None:
        tale.titles.add(title)
        while True:
            read = self.until(client, "GET", f"/stories/{tale.story_id}").json()
            if read["title"] != title:
                wanted = {"title": title, "version": read["version"]}
                answer = self.ask(client, "PATCH", f"/stories/{tale.story_id}", json=wanted)
                if answer is None or answer.status_code == 409:
                    time.sleep(0.1)
                    continue
                assert answer.status_code == 200, answer.text
            tale.title, tale.titles = title, {title}
            return

    def _show(self, client: httpx.Client, tale: Tale, *, public: bool) -> None:
        tale.changes += 1
        if public:
            tale.may_be_public = True
            answer = self.until(client, "POST", f"/stories/{tale.story_id}/publish", json={"level": "public"})
        else:
            tale.must_be_public = False
            answer = self.until(client, "POST", f"/stories/{tale.story_id}/unpublish")
        assert answer.status_code == 200, answer.text
        tale.changes += 1
        tale.may_be_public = tale.must_be_public = public

    # Reading

    def _read(self, *, stranger: bool) -> None:
        chance = random.Random(self._seed + 2 + stranger)
        looks = [self._look_at_story, self._look_at_words, self._look_at_words, self._listen, self._search]
        with self.client(stranger=stranger) as client:
            while not self.stopping.wait(0.15):
                known = [tale for tale in self.tales if tale.story_id]
                if known:
                    chance.choice(looks)(client, chance.choice(known[-12:]), stranger)

    def _judged(self, tale: Tale, ask: Callable[[], httpx.Response | None], stranger: bool) -> httpx.Response | None:  # noqa: FBT001
        """The answer about a story; whether a stranger may know of it is judged where nothing changed meanwhile."""
        before = tale.changes, tale.may_be_public, tale.must_be_public
        answer = ask()
        if answer is None or answer.status_code == 409:  # not made yet
            return None
        if stranger and before == (tale.changes, tale.may_be_public, tale.must_be_public):
            if answer.is_success and not tale.may_be_public:
                self.fault("a stranger gets what is no longer public")
            if answer.status_code == 404 and tale.must_be_public:
                self.fault("what was published is not there")
        if answer.status_code == 404 and not stranger:
            self.fault("a story that was acknowledged is not there")
        return answer if answer.is_success else None

    def _look_at_story(self, client: httpx.Client, tale: Tale, stranger: bool) -> None:  # noqa: FBT001
        titles, safe = set(tale.titles), tale.safe
        answer = self._judged(tale, lambda: self.ask(client, "GET", f"/stories/{tale.story_id}"), stranger)
        if answer is None:
            return
        read = answer.json()
        if read["title"] not in titles | tale.titles | {tale.title}:
            self.fault(f"a title was lost: {read['title']}")
        recordings = read["recordings"]
        if safe and len(recordings) != 1:
            self.fault(f"{len(recordings)} recordings of one file")
        for one in recordings:
            words = (one["transcript"] or {}).get("status")
            if one["state"] == "ready" and (not one["sound_url"] or not one["waveform_url"] or words != COMPLETE):
                self.fault(f"ready without sound or words: {words}")
            if one["state"] in ("failed", "rejected"):
                self.fault(f"a recording {one['state']}: {one['reason']}")

    def _look_at_words(self, client: httpx.Client, tale: Tale, stranger: bool) -> None:  # noqa: FBT001
        answer = self._judged(tale, lambda: self.ask(client, "GET", f"/stories/{tale.story_id}/transcript"), stranger)
        if answer is None:
            return
        read = answer.json()
        if not read["transcripts"]:
            return
        shown = sorted((c["start_ms"], c["end_ms"], c["language"], c["text"]) for c in read["cues"])
        if read["transcripts"][0]["status"] == COMPLETE:
            if shown != _as_seen(tale.told, tale.told.cues, stranger):
                self.fault("a complete transcript that is not what was said")
        elif stranger:
            if shown:
                self.fault("a stranger sees words of a transcript in progress")
        elif shown != sorted(cue for batch in tale.told.batches if set(batch) & set(shown) for cue in batch):
            self.fault("half a batch is seen")

    def _listen(self, client: httpx.Client, tale: Tale, stranger: bool) -> None:  # noqa: FBT001
        if not tale.recording_id:
            return
        use = "sound" if stranger else "master"
        began = time.monotonic()
        path = f"/recordings/{tale.recording_id}/{use}"
        answer = self._judged(tale, lambda: self.ask(client, "GET", path), stranger)
        if answer is None:
            return
        digest = hashlib.sha256(answer.content).hexdigest()
        if answer.headers["etag"].strip('"') != digest:
            self.fault(f"{use} is not the bytes that it is said to be")
        if use == "master" and digest != tale.sha256:
            self.fault("a safe recording has other bytes")
        self.went_well("store", began)

    def _search(self, client: httpx.Client, tale: Tale, stranger: bool) -> None:  # noqa: FBT001
        words = [word for cue in tale.told.cues for word in cue[3].split() if len(word) > 4 and word.isalpha()]
        word = random.Random(time.monotonic_ns()).choice([*words, "Tale"])
        by_id = {one.story_id: one for one in self.tales if one.story_id}
        before = {id_: (one.changes, one.may_be_public) for id_, one in by_id.items()}
        began = time.monotonic()
        answer = self.ask(client, "GET", "/search", params={"q": word, "per_page": 50})
        if answer is None:
            return
        page = answer.json()
        self.went_well("search", began)
        ids = [item["story_id"] for item in page["items"]]
        if len(ids) != len(set(ids)) or (page["total_stories"] <= 50 and page["total_stories"] != len(ids)):
            self.fault(
                f"search counts {page['total_stories']} stories and shows {len(ids)}, {len(set(ids))} of them different"
            )
        for item in page["items"]:
            moments = [hit["passage_id"] for hit in item["hits"]]
            if len(moments) != len(set(moments)):
                self.fault("search shows a moment twice")
            one = by_id.get(item["story_id"])
            if (
                stranger
                and one is not None
                and before[one.story_id] == (one.changes, one.may_be_public) == (one.changes, False)
            ):
                self.fault("search shows a stranger what is not public")


def _as_seen(told: Told, cues: Sequence[HeardCue], stranger: bool) -> list[HeardCue]:  # noqa: FBT001
    return sorted((*cue[:3], "") if stranger and cue in told.doubtful else cue for cue in cues)


def _shape(path: str) -> str:
    return "/".join("…" if len(word) > 30 else word for word in path.split("?", maxsplit=1)[0].split("/"))
