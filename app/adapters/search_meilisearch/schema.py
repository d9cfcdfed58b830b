"""The engine's settings, the attributes of its documents, and the names of its indexes and keys."""

from __future__ import annotations

from typing import Any

from app.ports.search_index import MOST_MATCHED

VERSION = "2"
"""Raise it where older documents or settings would answer wrongly: search then rests until the rebuild is done."""
OLDEST = (1, 48, 2)
"""The oldest engine that is used."""

LIVE = "passages"
"""Name of the index; the keys reach every one whose name begins so."""
META = "meta"
"""Id of the document that says which version the index is of; it goes with its index when two are switched."""

FACETS = ("language", "collection", "person", "place")
MOST_HITS = 2000
"""The engine pages no further than this."""

GUARDED = ("id", "story_id", "kind", "level", "groups", "owner_id", "grantable")
"""What says whose a document is: asked for each time, so that an answer can be held against its question."""
LIGHT = (*GUARDED, "seq", "recorded_newest", "recorded_oldest", "published_at")
_TEXTS = ("passage_id", "recording_id", "start_ms", "end_ms", "core", "languages", "text", "names", "title")
SHOWN = (*GUARDED, "seq", *_TEXTS)
"""What a hit is made of, where the engine itself has sorted and counted."""
FULL = (*LIGHT, *_TEXTS)

SETTINGS: dict[str, Any] = {
    "searchableAttributes": ["title_latin", "title_cjk", "fold_latin", "fold_cjk", "seam", "marks"],
    # The text is shown to nobody from here: it says where the matched words stand.
    "displayedAttributes": [*FULL, *FACETS, "revision", "passages", "version", "generation"],
    "filterableAttributes": [
        {
            "attributePatterns": [
                "id", "story_id", "kind", "level", "groups", "owner_id", "grantable", "alias", "chars", *FACETS,
            ],
            "features": {"facetSearch": False, "filter": {"equality": True, "comparison": False}},
        },
        {
            "attributePatterns": ["recorded_low", "recorded_high", "revision"],
            "features": {"facetSearch": False, "filter": {"equality": True, "comparison": True}},
        },
    ],
    "sortableAttributes": ["recorded_newest", "recorded_oldest", "published_at", "story_id"],
    "distinctAttribute": None,
    # Sorting comes first where it is asked for, or a date would only part equals.
    "rankingRules": ["sort", "words", "typo", "proximity", "attribute", "exactness"],
    "localizedAttributes": [{"attributePatterns": ["*"], "locales": ["eng"]}],
    "typoTolerance": {
        "enabled": True,
        "minWordSizeForTypos": {"oneTypo": 5, "twoTypos": 9},
        "disableOnAttributes": ["title_cjk", "fold_cjk", "seam", "marks"],
        "disableOnNumbers": True,
    },
    "facetSearch": False,
    "prefixSearch": "indexingTime",
    "proximityPrecision": "byWord",
    "searchCutoffMs": 1500,
    "faceting": {"maxValuesPerFacet": MOST_MATCHED, "sortFacetValuesBy": {"*": "count"}},
    "pagination": {"maxTotalHits": MOST_HITS},
    "stopWords": [],
    "separatorTokens": [],
    "nonSeparatorTokens": [],
    "dictionary": [],
    "synonyms": {},
}  # fmt: skip
