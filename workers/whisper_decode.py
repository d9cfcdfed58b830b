"""Short encoding, decoding and word alignment on a loaded Whisper model."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ctranslate2
import numpy as np
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_ctranslate2_storage, merge_punctuations

from app.ports.transcriber import SAMPLE_RATE, Sound, Word
from app.transcripts.domain.windows import QUIET_BEHIND_MS, SHORTEST_ENCODED_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from faster_whisper import WhisperModel

FRAME_SAMPLES = 160
"""One frame of the spectrogram: 10 ms."""
FULL_FRAMES = 3000
"""What Whisper was trained on: 30 s."""
SHORTEST_FRAMES = SHORTEST_ENCODED_MS // 10
TAIL_FRAMES = QUIET_BEHIND_MS // 10
_MAX_TOKENS = 448
_PREPENDED = "\"'“¿([{-"
_APPENDED = "\"'.。,，!！?？:：”)]}、।॥؟،"


@dataclass
class Heard:
    """What the decoder said of one sound; times in milliseconds from the sound's start."""

    language: str
    tokens: list[int]
    text: str
    seconds: float
    score: float
    """Mean log-probability of the tokens."""
    no_speech: float
    words: list[Word] = field(default_factory=list)
    guard: str | None = None

    @property
    def compression(self) -> float:
        """UTF-8 bytes over their zlib length: above 2.2 the text repeats itself."""
        raw = self.text.encode()
        return len(raw) / len(zlib.compress(raw)) if raw else 0.0

    @property
    def characters_a_second(self) -> float:
        """How fast the text would have been spoken."""
        return len(self.text) / self.seconds if self.seconds else 0.0


class Decoder:
    """Decodes batches of sounds; the same batch gives the same words."""

    def __init__(self, model: WhisperModel) -> None:
        self._model = model
        self._tokenizers: dict[str, Tokenizer] = {}

    def encode(self, sounds: Sequence[Sound], frames: int = 0) -> Any:  # noqa: ANN401
        """Encode the sounds at the length of the longest, or at ``frames``; never under 6 s."""
        longest = max(len(sound) for sound in sounds) // FRAME_SAMPLES + TAIL_FRAMES
        wanted = min(FULL_FRAMES, max(SHORTEST_FRAMES, longest, frames))
        wanted += wanted % 2
        features = np.stack([self._features(sound, wanted) for sound in sounds])
        return self._model.model.encode(get_ctranslate2_storage(features), to_cpu=self._model.model.device != "cpu")

    def detect(self, encoded: Any) -> list[dict[str, float]]:  # noqa: ANN401
        """The probability of each language for each encoded sound."""
        found = self._model.model.detect_language(encoded)
        return [{token[2:-2]: float(chance) for token, chance in row} for row in found]

    def detect_short(self, sounds: Sequence[Sound]) -> list[dict[str, float]]:
        """Languages of sounds that are encoded at their own length, without the floor of 6 s."""
        longest = max(len(sound) for sound in sounds) // FRAME_SAMPLES
        wanted = min(FULL_FRAMES, max(100, longest))
        wanted += wanted % 2
        features = np.stack([self._features(sound, wanted) for sound in sounds])
        return self.detect(self._model.model.encode(get_ctranslate2_storage(features)))

    def decode(  # noqa: PLR0913 (each is one knob of the decoder)
        self,
        encoded: Any,  # noqa: ANN401
        languages: Sequence[str],
        seconds: Sequence[float],
        *,
        beam: int,
        glossary: str = "",
        no_repeat: int = 0,
    ) -> list[Heard]:
        """Decode encoded sounds, each in its language; no words' times yet."""
        prompts = [self._prompt(language, glossary) for language in languages]
        room = 40 + int(9 * max(seconds))
        results = self._model.model.generate(
            encoded,
            prompts,
            beam_size=beam,
            max_length=min(_MAX_TOKENS, len(prompts[0]) + room),
            suppress_tokens=self._suppressed(languages[0]),
            no_repeat_ngram_size=no_repeat,
            return_scores=True,
            return_no_speech_prob=True,
        )
        heard = []
        for language, length, result in zip(languages, seconds, results, strict=True):
            tokenizer = self.tokenizer(language)
            tokens = [token for token in result.sequences_ids[0] if token < tokenizer.eot]
            heard.append(
                Heard(
                    language=language,
                    tokens=tokens,
                    text=tokenizer.decode(tokens).strip(),
                    seconds=length,
                    score=float(result.scores[0]),
                    no_speech=float(result.no_speech_prob),
                )
            )
        return heard

    def align(
        self,
        encoded: Any,  # noqa: ANN401
        rows: Iterable[int],
        heard: Sequence[Heard],
    ) -> None:
        """Give the texts in these rows their words' times, once a language on its slice."""
        rows_of: dict[str, list[int]] = {}
        for row in rows:
            if heard[row].tokens:
                rows_of.setdefault(heard[row].language, []).append(row)
        for language, own in rows_of.items():
            part = encoded if len(own) == len(heard) else _slice(encoded, own)
            found = self._model.find_alignment(
                self.tokenizer(language),
                [heard[row].tokens for row in own],
                part,
                [max(2, int(heard[row].seconds * 100)) for row in own],
            )
            for row, alignment in zip(own, found, strict=True):
                merge_punctuations(alignment, _PREPENDED, _APPENDED)
                heard[row].words = [
                    Word(
                        text=word["word"],
                        start_ms=round(float(word["start"]) * 1000),
                        end_ms=round(float(word["end"]) * 1000),
                        probability=round(float(word["probability"]), 4),
                    )
                    for word in alignment
                    if word["word"].strip()
                ]

    def tokenizer(self, language: str) -> Tokenizer:
        """The tokenizer of one language, made once."""
        made = self._tokenizers.get(language)
        if made is None:
            made = Tokenizer(
                self._model.hf_tokenizer,
                self._model.model.is_multilingual,
                task="transcribe",
                language=language,
            )
            self._tokenizers[language] = made
        return made

    def _features(self, sound: Sound, frames: int) -> Sound:
        # The sound is padded, not the spectrogram: silence then looks like silence.
        length = frames * FRAME_SAMPLES
        whole = np.pad(sound[:length], (0, max(0, length - len(sound))))
        return np.asarray(self._model.feature_extractor(whole)[:, :frames], np.float32)

    def _prompt(self, language: str, glossary: str) -> list[int]:
        tokenizer = self.tokenizer(language)
        prompt: list[int] = []
        if glossary:
            hints = tokenizer.encode(" " + glossary.strip())[: _MAX_TOKENS // 2 - 1]
            prompt += [tokenizer.sot_prev, *hints]
        return [*prompt, *tokenizer.sot_sequence, tokenizer.no_timestamps]

    def _suppressed(self, language: str) -> list[int]:
        tokenizer = self.tokenizer(language)
        special = (
            tokenizer.transcribe,
            tokenizer.translate,
            tokenizer.sot,
            tokenizer.sot_prev,
            tokenizer.sot_lm,
        )
        return sorted({*tokenizer.non_speech_tokens, *special})


def seconds_of(sound: Sound) -> float:
    """How long a sound is."""
    return len(sound) / SAMPLE_RATE


def _slice(encoded: Any, rows: list[int]) -> Any:  # noqa: ANN401
    if encoded.dtype == ctranslate2.DataType.bfloat16:  # which numpy has not; the model makes its own of any
        encoded = encoded.to(ctranslate2.DataType.float32)
    return ctranslate2.StorageView.from_array(np.ascontiguousarray(np.asarray(encoded)[rows]))
