"""The embedded search index under the contract, and what only a file can do."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.adapters.search_sqlite import SqliteSearchIndex
from app.adapters.search_sqlite.connections import Connections
from app.ports.search_index import IndexSpec, Query, SearchUnavailableError
from tests.ports.search_index_contract import STRANGER, SearchIndexContract, a_story, find, put


class TestSqliteSearchIndex(SearchIndexContract):
    """SQLite FTS5 in a file of its own."""

    def make(self, folder: Path) -> SqliteSearchIndex:
        """Give an index in a new file."""
        return SqliteSearchIndex(folder / "search.sqlite")

    def make_broken(self, folder: Path) -> SqliteSearchIndex:
        """Give an index on a file that is no database."""
        (folder / "search.sqlite").write_bytes(b"This is no database at all. " * 200)
        return self.make(folder)


_WRITER = """
import sys
from pathlib import Path
from app.adapters.search_sqlite import SqliteSearchIndex
from tests.ports.search_index_contract import a_story
index = SqliteSearchIndex(Path(sys.argv[1]))
for revision in range(2, 10_000):
    index.put_story(a_story("s", *[f"word{revision} word"] * (revision % 50 + 1), revision=revision))
    print(revision, flush=True)
"""


def test_another_process_sees_a_write_at_once(tmp_path: Path) -> None:
    """What one process put is found by an index object of another, its typos too."""
    path = tmp_path / "search.sqlite"
    mine = SqliteSearchIndex(path)
    mine.ensure(IndexSpec("1"))
    assert find(mine, "lighthouse") == set()
    code = (
        "import sys; from pathlib import Path; from app.adapters.search_sqlite import SqliteSearchIndex;"
        "from tests.ports.search_index_contract import a_story;"
        "SqliteSearchIndex(Path(sys.argv[1])).put_story(a_story('a', 'the lighthouse'))"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, cwd=Path(__file__).parents[2])
    assert find(mine, "lighthouse") == find(mine, "lighthuose") == {"a"}
    mine.close()


def test_a_killed_writer_leaves_a_whole_story(tmp_path: Path) -> None:
    """Killed in the middle of writing, again and again: one revision is there, all of it, and can grow."""
    path = tmp_path / "search.sqlite"
    index = SqliteSearchIndex(path)
    index.ensure(IndexSpec("1"))
    put(index, a_story("s", "word", revision=1))
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        ) as writer:
            assert writer.stdout is not None
            acknowledged = [int(writer.stdout.readline()) for _ in range(8)][-1]
            time.sleep(0.01)
            writer.kill()
        ((_, revision, passages),) = index.inventory()
        assert revision >= acknowledged or revision > 9
        page = index.search(Query(f"word{revision}", literal=True), STRANGER)
        assert page.total_moments == passages - 1 == revision % 50 + 1
        assert index.search(Query("word"), STRANGER).total_moments == passages - 1
    put(index, a_story("s", "finalword", revision=20_000))
    assert find(index, "finalword") == {"s"}
    index.close()


def test_a_question_that_takes_too_long_is_cut_and_says_so(tmp_path: Path) -> None:
    """Past the cut-off only the newest matches are looked at, and the answer says that it is partial."""
    index = SqliteSearchIndex(tmp_path / "search.sqlite", cutoff_s=0.0)
    index.ensure(IndexSpec("1"))
    put(index, *(a_story(f"s{i}", *["common word"] * 60) for i in range(100)))
    page = index.search(Query("common"), STRANGER)
    assert page.degraded
    assert not page.total_is_exact
    assert page.stories
    index.close()


def test_a_removed_story_leaves_no_word_in_the_file(tmp_path: Path) -> None:
    """The vocabulary for typing errors forgets a word with the last story that has it."""
    path = tmp_path / "search.sqlite"
    index = SqliteSearchIndex(path)
    index.ensure(IndexSpec("1"))
    put(index, a_story("a", "zebracanary shared"), a_story("b", "shared"))
    put(index, a_story("a", "shared only", revision=2))
    index.delete_story("a", 3)
    with index._connections.reading() as connection:
        words = [word for (word,) in connection.execute("SELECT word FROM words_1")]
    assert words == ["shared"]
    index.close()


@pytest.mark.parametrize("said", ['SELECT 1 FROM nowhere WHERE "Lan" = "Hoa', "SELECT Lan", "Lan Hoa"])
def test_the_embedded_engines_reason_quotes_nothing(tmp_path: Path, said: str) -> None:
    """What SQLite says of a question it does not understand goes into the log without the question."""
    connections = Connections(tmp_path / "search.sqlite")
    with pytest.raises(SearchUnavailableError) as rests, connections.reading() as connection:
        connection.execute(said)
    assert "Lan" not in str(rests.value)
    assert "Hoa" not in str(rests.value)
