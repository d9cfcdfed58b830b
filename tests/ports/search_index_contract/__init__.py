"""What every search index must do; an adapter joins by a subclass that says how to make one.

The numbers in the test names are the points of the contract: 1 Han and kana, 2 mixed languages, 3 Korean,
4 unspaced scripts, 5 Vietnamese, 6 Hindi, 7 typing errors, 8 as you type, 9 questions of every kind, 10 names
across scripts, 11 pages, 12 facets, 13 access, 14 missing fields, 15 hostile values, 16 revoked, 17 writes,
18 poison and crashes, 19 rebuilds, 20 versions, 21 spans, 22 an engine that is down.
"""

from __future__ import annotations

from tests.ports.search_index_contract.access import AccessRules
from tests.ports.search_index_contract.documents import STRANGER, a_story, find, put
from tests.ports.search_index_contract.pages import Pages
from tests.ports.search_index_contract.questions import Questions
from tests.ports.search_index_contract.scripts import Scripts
from tests.ports.search_index_contract.writes import Writes

__all__ = ["STRANGER", "SearchIndexContract", "a_story", "find", "put"]


class SearchIndexContract(Scripts, Questions, Pages, AccessRules, Writes):
    """Subclass it as ``TestX`` with ``make``; ``make_broken`` gives an index whose engine is down."""
