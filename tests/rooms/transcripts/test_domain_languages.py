"""The language of every region, and tags at the edge."""

from __future__ import annotations

import pytest

from app.transcripts.domain.languages import (
    advice,
    code_named,
    display_tag,
    foreseen,
    settle,
    to_listen_to,
    to_whisper,
)
from app.transcripts.domain.speech import Span

KNOWN = ("en", "zh", "ja", "ko", "tl", "vi", "yue", "jw")


def _regions(*lengths_ms: int, gap_ms: int = 400) -> list[Span]:
    at, spans = 0, []
    for length in lengths_ms:
        spans.append(Span(at, at + length))
        at += length + gap_ms
    return spans


def _heard(*rows: dict[str, float] | None) -> dict[int, list[tuple[str, float]]]:
    return {n: sorted(row.items(), key=lambda one: -one[1]) for n, row in enumerate(rows) if row is not None}


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("fil", "tl"),
        ("tl", "tl"),
        ("zh-Hant-TW", "zh"),
        ("cmn", "zh"),
        ("en-GB", "en"),
        ("ja-Latn", "ja"),
        ("jv", "jw"),
    ],
)
def test_tags_become_whispers_codes(tag: str, code: str) -> None:
    """BCP 47 tags map to Whisper's codes without a warning."""
    assert to_whisper([tag], "large-v3-turbo", KNOWN) == ([code], [])


@pytest.mark.parametrize("model", ["base", "tiny", "small", "Systran/faster-whisper-base"])
def test_small_models_do_not_hear_cantonese(model: str) -> None:
    """Base claims yue and answers nonsense: it listens for zh, and says so once."""
    codes, warnings = to_whisper(["yue-Hant", "zh-yue", "zh"], model, KNOWN)
    assert codes == ["zh"]
    assert [warning.slug for warning in warnings] == ["cantonese_as_chinese"]


def test_large_models_hear_cantonese_where_they_have_the_token() -> None:
    """Yue stays yue only where the vocabulary has it."""
    assert to_whisper(["yue-Hant"], "large-v3-turbo", KNOWN)[0] == ["yue"]
    assert to_whisper(["yue-Hant"], "medium", ("en", "zh"))[0] == ["zh"]


def test_a_language_that_whisper_does_not_know_is_named() -> None:
    """Hmong is left out with a warning; what else was declared stays."""
    codes, warnings = to_whisper(["hmn", "en", "en-US"], "base", KNOWN)
    assert codes == ["en"]
    assert "hmn" in warnings[0].sentence


@pytest.mark.parametrize(
    ("code", "text", "tag"),
    [
        ("zh", "广州市房地产", "zh-Hans"),
        ("zh", "廣州市房地產", "zh-Hant"),
        ("zh", "你好", "zh"),
        ("yue", "我哋喺廣州", "yue-Hant"),
        ("tl", "Magandang umaga", "fil"),
        ("jw", "Sugeng enjing", "jv"),
        ("ja", "東京は晴れでした。", "ja"),
        ("", "hm", "und"),
    ],
)
def test_cues_show_their_tag_with_the_script_of_chinese(code: str, text: str, tag: str) -> None:
    """Whisper's code becomes a tag; Chinese says which script the text is in, if it shows."""
    assert display_tag(code, text) == tag


def test_one_declared_language_holds_and_a_check_that_disagrees_warns() -> None:
    """The declared language is used; most checks hearing another one is said."""
    regions = _regions(3_000, 3_000, 3_000)
    assert settle(regions, _heard({"en": 0.9, "ja": 0.1}), ["en"]) == (["en"] * 3, [])
    codes, warnings = settle(regions, _heard({"ja": 0.9}, {"ja": 0.8}, {"en": 0.9}), ["en"])
    assert codes == ["en"] * 3
    assert warnings[0].slug == "other_language_heard"
    assert "Japanese (ja)" in warnings[0].sentence


def test_one_declared_language_is_checked_at_three_places() -> None:
    """The longest region of each third is heard, and none that is too short to tell."""
    assert to_listen_to(_regions(2_000, 3_000, 900, 800, 5_000, 2_000), ["en"]) == [1, 4]
    assert to_listen_to([], ["en"]) == []


def test_short_regions_are_not_asked() -> None:
    """With several languages only regions of 1.5 s and more are heard; if none is, the longest."""
    assert to_listen_to(_regions(2_000, 900, 1_500), ["en", "ja"]) == [0, 2]
    assert to_listen_to(_regions(900, 800), []) == [0, 1]


def test_a_short_region_follows_the_surer_neighbour() -> None:
    """An unheard region between two languages takes that of a neighbour, never a third one."""
    regions = _regions(3_000, 700, 3_000)
    codes, _ = settle(regions, _heard({"en": 0.95, "ja": 0.05}, None, {"en": 0.95, "ja": 0.05}), ["ja", "en"])
    assert codes == ["en", "en", "en"]


def test_clear_changes_of_language_are_followed() -> None:
    """Every sentence in another language than the one before is still its own."""
    rows = [{"en": 0.97, "zh": 0.02, "ja": 0.01}, {"zh": 0.93, "en": 0.04, "ja": 0.03}, {"ja": 0.95, "zh": 0.05}]
    codes, _ = settle(_regions(3_000, 3_000, 3_000), _heard(*rows), ["en", "zh", "ja"])
    assert codes == ["en", "zh", "ja"]


def test_one_odd_region_without_a_clear_margin_stays() -> None:
    """A region that leans to another language among sure neighbours keeps theirs."""
    sure, odd = {"en": 0.95, "ja": 0.05}, {"en": 0.3, "ja": 0.7}
    codes, _ = settle(_regions(3_000, 3_000, 3_000), _heard(sure, odd, sure), ["en", "ja"])
    assert codes == ["en", "en", "en"]


def test_with_nothing_declared_noise_makes_no_new_language() -> None:
    """Only languages that clearly lead some region are considered: no Welsh out of a cough."""
    rows = [{"zh": 0.9, "cy": 0.05}, {"cy": 0.35, "zh": 0.3, "la": 0.2}, {"zh": 0.92, "cy": 0.01}]
    assert settle(_regions(4_000, 2_000, 4_000), _heard(*rows), [])[0] == ["zh", "zh", "zh"]


def test_without_any_answer_the_engine_must_say() -> None:
    """An engine that cannot name languages beforehand leaves them open."""
    assert settle(_regions(3_000, 3_000), {0: [], 1: []}, ["en", "ja"]) == (["", ""], [])
    assert settle([], {}, []) == ([], [])


def test_services_answer_names() -> None:
    """English names and codes of services become Whisper's codes."""
    assert [code_named(name) for name in ("english", "Tagalog", "chinese", "vi", "klingon", "")] == [
        "en",
        "tl",
        "zh",
        "vi",
        "",
        "",
    ]


def test_small_models_recommend_large_ones_for_asian_languages() -> None:
    """The advice names the language and the published error, and only for small models."""
    assert "4.9" in (advice("ja", "base") or "")
    assert advice("ja", "large-v3-turbo") is None
    assert advice("en", "base") is None


def test_what_can_be_foreseen_of_chosen_languages() -> None:
    """Before anything is heard: Cantonese that a small model cannot write, and where a larger model is better."""
    assert [one.slug for one in foreseen(["yue-Hant", "en"], "base")] == ["cantonese_as_chinese", "larger_model"]
    assert [one.sentence.count("Japanese") for one in foreseen(["ja", "ja-Latn"], "small")] == [1]
    assert foreseen(["yue", "ja", "vi"], "large-v3-turbo") == []
