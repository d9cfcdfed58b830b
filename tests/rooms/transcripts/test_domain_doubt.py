"""Doubtful cues."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.transcripts.domain.doubt import Doubt, Facts, doubt, repeats_a_phrase

SURE = Facts(text="My mother came from Hanoi.", score=-0.3, probability=0.9, voiced=0.95)


@pytest.mark.parametrize("said", ["me", "嗯", "la ", "ask what you can do. "])
def test_one_thing_over_and_over_is_doubted_however_sure(said: str) -> None:
    """Ten times the same and nothing else is a loop or a song; nine times, or with more beside it, may be said."""
    assert doubt(replace(SURE, text=said * 10)) is Doubt.REPEATED
    assert doubt(replace(SURE, text=said * 9)) is None
    assert doubt(replace(SURE, text="She sang " + said * 10)) is None


def test_sure_speech_is_not_doubted() -> None:
    """Clear words over a voice reach readers."""
    assert doubt(SURE) is None


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for watching!",
        "ご視聴ありがとうございました",
        "ご視聴ありがとうございました。ご視聴ありがとうございました。",
        "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
        "字幕由 Amara.org 社區提供".replace("社區", "社群"),
        "시청해 주셔서 감사합니다.",
        "Cảm ơn các bạn đã theo dõi",
        "ขอบคุณที่รับชม",
        "देखने के लिए धन्यवाद",
        "Salamat sa panonood!",
    ],
)
def test_phrases_that_whisper_invents_are_doubted_however_sure(text: str) -> None:
    """End cards and subtitle credits are doubtful even with high probability."""
    assert doubt(replace(SURE, text=text)) is Doubt.INVENTED


@pytest.mark.parametrize("text", ["Thank you.", "you", "ありがとうございました", "谢谢", "감사합니다"])
def test_phrases_that_people_say_are_doubted_over_weak_sound_only(text: str) -> None:
    """A thank-you over a clear voice is speech; over breath it is an invention."""
    assert doubt(replace(SURE, text=text)) is None
    assert doubt(replace(SURE, text=text, voiced=0.3)) is Doubt.INVENTED
    assert doubt(replace(SURE, text=text, probability=0.4)) is Doubt.INVENTED


def test_the_glossary_coming_back_is_doubted() -> None:
    """Text that is the glossary, or several entries of it, is doubtful; one name alone is speech."""
    glossary = "Nguyễn Thị Hoa, Lola Remedios, Binondo"
    assert doubt(replace(SURE, text="Nguyễn Thị Hoa, Lola Remedios, Binondo.", glossary=glossary)) is Doubt.GLOSSARY
    assert doubt(replace(SURE, text="Lola Remedios, Binondo", glossary=glossary)) is Doubt.GLOSSARY
    assert doubt(replace(SURE, text="Binondo.", glossary=glossary)) is None
    assert doubt(replace(SURE, text="We lived in Binondo.", glossary=glossary)) is None


def test_the_same_text_back_to_back_is_doubted() -> None:
    """A long sentence twice, or a short answer three times, is doubtful; "Yes. Yes." is speech."""
    long = "And then we went down to the harbour again."
    assert doubt(replace(SURE, text=long, previous=(long,))) is Doubt.REPEATED
    assert doubt(replace(SURE, text="Yes.", previous=("Yes.",))) is None
    assert doubt(replace(SURE, text="Yes.", previous=("Yes.", "Yes."))) is Doubt.REPEATED
    assert doubt(replace(SURE, text=long, previous=(long, "No."))) is None


def test_few_voiced_frames_and_low_probabilities_are_doubted() -> None:
    """Text over sound that is hardly a voice, or that was guessed, is doubtful."""
    assert doubt(replace(SURE, voiced=0.1)) is Doubt.FEW_VOICED
    assert doubt(replace(SURE, score=-1.06)) is Doubt.LOW_PROBABILITY
    assert doubt(replace(SURE, probability=0.2)) is Doubt.LOW_PROBABILITY
    assert doubt(replace(SURE, score=-0.65)) is None


def test_a_cue_of_marks_only_is_doubted() -> None:
    """A cue without a letter says nothing."""
    assert doubt(replace(SURE, text="…")) is Doubt.LOW_PROBABILITY


def test_words_piled_up_in_no_time_are_doubted() -> None:
    """Text that would have to be spoken at 50 letters a second and more was never spoken."""
    assert doubt(replace(SURE, text="One. One. One.", length_ms=0)) is Doubt.TOO_FAST
    assert doubt(replace(SURE, length_ms=1_500)) is None
    assert doubt(replace(SURE, text="Yes.", length_ms=0)) is None


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("And then it was over. One. One. One. One. One.", True),
        ("ask what you can do, ask what you can do, ask what you can do, ask what you can do,", True),
        ("ありがとうありがとうありがとうありがとう", True),
        ("No, no, no, he never came back.", False),
        ("Nineteen hundred and eleven, and nineteen hundred and twelve.", False),
    ],
)
def test_a_phrase_said_over_and_over_is_noticed(text: str, again: bool) -> None:  # noqa: FBT001  the expected answer
    """Four times back to back is heard again; how people repeat themselves is not."""
    assert repeats_a_phrase(text) is again
