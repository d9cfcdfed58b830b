"""Asks an OpenAI-compatible service for the words of a sound, and tells whose fault it is when it gives none."""

from __future__ import annotations

import hashlib
import io
import threading
import wave
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

import httpx
import numpy as np

from app.adapters.transcriber_rest import TranscriberRest, asked_wait
from app.kernel.settings import masked
from app.ports.transcriber import SAMPLE_RATE, TranscriberError, TranscriberRestsError

if TYPE_CHECKING:
    from app.ports.transcriber import Sound

_PATH: Final = "/audio/transcriptions"
_PATIENCE_S: Final = 60.0
_PATIENCE_PER_SECOND: Final = 10.0
"""Noise makes Whisper 5 to 10 times slower: the time limit grows with the sound."""
_CONNECT_S: Final = 10.0
_PATIENCE_FOR_LIST_S: Final = 5.0
_MOST_SAID: Final = 300
_MOST_KEPT: Final = 64
_TO_ISO: Final = {"jw": "jv"}

_BUSY: Final = frozenset({408, 425, 429})
_KEY_REFUSED: Final = frozenset({401, 403})
_NOT_THERE: Final = frozenset({404, 405, 410})
_OF_THE_SOUND: Final = frozenset({400, 413, 414, 415, 422})
_PERHAPS_OF_THE_SOUND: Final = frozenset({500, 504})
_SERVER_ERROR: Final = 500
_SETTINGS_NAMED: Final = ("model", "response_format", "timestamp_granularities")
"""Parts of the request that come from the settings and not from the sound, as the service's errors name them."""
_PROBES: Final = 3
_PROBE_S: Final = 20.0
_STUMBLES_AGAIN_S: Final = 60.0
"""Doubled at each of five tries, so that a quarter of an hour passes before a person is asked."""

_SAY_KEY: Final = "The transcription service refused the key. Put a valid one into STORYBRAID_TRANSCRIBER__KEY."


class RemoteWords:
    """One address and one model of it; several of one address share what is known of whether it answers."""

    def __init__(self, endpoint: str, model: str, key: str | None, rest: TranscriberRest, *, of_settings: bool) -> None:
        """``of_settings``: the model is that of the settings, and not one that a person asked a version for."""
        self.address = _address_of(endpoint)
        self.rest = rest
        self._model = model
        self._of_settings = of_settings
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._kept: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def client(self) -> httpx.Client:
        """A connection for the requests of one batch."""
        return httpx.Client(headers=self._headers)

    def check(self) -> str:
        """What is wrong with the service as far as its list of models tells, "" when nothing is.

        Few services have that list, so that most answers count as reached. Raises ``TranscriberRestsError`` when there
        is none, or only that of a server in front or of a service that cannot now.
        """
        try:
            response = httpx.get(
                self.address.removesuffix(_PATH) + "/models", headers=self._headers, timeout=_PATIENCE_FOR_LIST_S
            )
        except httpx.HTTPError as error:
            raise TranscriberRestsError(f"{masked(self.address)} did not answer ({type(error).__name__}).") from error
        if response.status_code >= _SERVER_ERROR or response.status_code in _BUSY:
            raise TranscriberRestsError(f"{masked(self.address)} answers {response.status_code}: it is away or busy.")
        if response.status_code in _KEY_REFUSED:
            return _SAY_KEY
        listed = _models_of(response)
        if listed and self._model not in listed:
            few = ", ".join(listed[:10])
            return f"It does not list the model {self._model}; it has {few}. See STORYBRAID_TRANSCRIBER__MODEL."
        return ""

    def ask(self, client: httpx.Client, sound: Sound, language: str, glossary: str) -> dict[str, Any]:
        """Its answer with the text of one sound; ``language`` a Whisper code, "" = the service decides.

        An answer is kept until ``forget``, so that a batch that had to wait asks only for what it lacks. Raises
        ``TranscriberError`` where this sound has no answer, ``TranscriberRestsError`` where no sound has one now.
        """
        key = _key(sound, language, glossary)
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        with self.rest.asking() as began:
            form = self._form(language, glossary)
            patience = httpx.Timeout(_PATIENCE_S + _PATIENCE_PER_SECOND * len(sound) / SAMPLE_RATE, connect=_CONNECT_S)
            try:
                response = client.post(self.address, data=form, files=_file(sound), timeout=patience)
            except httpx.HTTPError as error:
                why = f"The transcription service did not answer ({type(error).__name__}). It is asked again later."
                if isinstance(error, httpx.ReadTimeout) and self._answers_others(client):
                    self.rest.answered(began)
                    raise TranscriberError(why, _STUMBLES_AGAIN_S) from error
                raise self.rest.silent(began, why) from error
            if not response.is_success:
                raise self._refused(client, response, began)
            try:
                answer = _answer_of(response)
            except TranscriberError as error:
                # A page of a server in front (a sign-in, a notice of maintenance) comes with 200 too.
                if not self._answers_others(client):
                    raise self.rest.silent(began, f"{error} See STORYBRAID_TRANSCRIBER__ENDPOINT.") from error
                self.rest.answered(began)
                raise
            self.rest.answered(began)
        with self._lock:
            self._kept[key] = answer
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return answer

    def forget(self, sound: Sound, language: str, glossary: str) -> None:
        """The answer was used."""
        with self._lock:
            self._kept.pop(_key(sound, language, glossary), None)

    def _form(self, language: str, glossary: str) -> dict[str, Any]:
        form: dict[str, Any] = {
            "model": self._model,
            "response_format": "verbose_json",
            "timestamp_granularities[]": ["word", "segment"],
            "temperature": "0",
        }
        if language:
            form["language"] = _TO_ISO.get(language, language)
        if glossary:
            form["prompt"] = glossary
        return form

    def _refused(self, client: httpx.Client, response: httpx.Response, began: float) -> TranscriberError:
        """Whose fault an answer without words is: this sound's, which counts, or the service's or the settings'."""
        status = response.status_code
        said = f"The transcription service answered {status}: {response.text[:_MOST_SAID].strip()}"
        if status in _NOT_THERE or (status in _OF_THE_SOUND and _names_settings(response)):
            if not self._of_settings:
                self.rest.answered(began)
                return TranscriberError(f"{said} It may not have the model {self._model} that was asked for.")
            why = f"{said} Look at STORYBRAID_TRANSCRIBER__ENDPOINT and STORYBRAID_TRANSCRIBER__MODEL ({self._model})."
        elif status in _OF_THE_SOUND or (status in _PERHAPS_OF_THE_SOUND and self._answers_others(client)):
            self.rest.answered(began)
            return TranscriberError(said, _STUMBLES_AGAIN_S)
        elif status in _KEY_REFUSED:
            why = _SAY_KEY
        elif response.is_redirect:
            there = response.headers.get("location", "")[:_MOST_SAID]
            why = f"The transcription service is elsewhere ({there}). See STORYBRAID_TRANSCRIBER__ENDPOINT."
        elif status in _BUSY:
            why = f"The transcription service is busy. It is asked again later. {said}"
        else:
            why = said
        return self.rest.silent(began, why, asked_wait(response.headers.get("retry-after")))

    def _answers_others(self, client: httpx.Client) -> bool:
        """Whether it answers for a second of silence, each of several times, so that it is the sound that it cannot.

        Without this a sound that it always stumbles over would look like an outage for ever, and hold up all others.
        """
        silence = np.zeros(SAMPLE_RATE, np.float32)
        for _ in range(_PROBES):
            try:
                response = client.post(self.address, data=self._form("", ""), files=_file(silence), timeout=_PROBE_S)
            except httpx.HTTPError:
                return False
            if not response.is_success or not _has_text(response):
                return False
        return True


def _address_of(endpoint: str) -> str:
    bare = endpoint.rstrip("/")
    if bare.endswith(_PATH):
        return bare
    return f"{bare}{_PATH}" if bare.endswith("/v1") else f"{bare}/v1{_PATH}"


def _file(sound: Sound) -> dict[str, tuple[str, bytes, str]]:
    """16-bit mono WAV, the format that every service takes."""
    whole = np.round(np.clip(sound, -1.0, 1.0) * 32767).astype("<i2")
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(whole.tobytes())
    return {"file": ("window.wav", made.getvalue(), "audio/wav")}


def _key(sound: Sound, language: str, glossary: str) -> str:
    return hashlib.sha256(b"\0".join((sound.tobytes(), language.encode(), glossary.encode()))).hexdigest()


def _answer_of(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError as error:
        message = "The transcription service answered something that is not JSON."
        raise TranscriberError(message, _STUMBLES_AGAIN_S) from error
    if not isinstance(answer, dict) or not isinstance(answer.get("text"), str):
        message = "The transcription service answered without a text."
        raise TranscriberError(message, _STUMBLES_AGAIN_S)
    return answer


def _has_text(response: httpx.Response) -> bool:
    try:
        _answer_of(response)
    except TranscriberError:
        return False
    return True


def _names_settings(response: httpx.Response) -> bool:
    """Whether an error in OpenAI's form is about a part of the request that the settings decide."""
    try:
        told = response.json()["error"]
        named = str(told.get("param") or ""), str(told.get("code") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    return named[0].startswith(_SETTINGS_NAMED) or named[1] == "model_not_found"


def _models_of(response: httpx.Response) -> list[str]:
    """Names in a list of models; empty where it is none."""
    try:
        rows = response.json()["data"]
        return [row["id"] for row in rows if isinstance(row["id"], str)]
    except (ValueError, KeyError, TypeError):
        return []
