"""The one migration chain: up from empty, the same as the models, one down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect

from app.kernel.db import make_engine
from app.tables import METADATA
from migrations import chain

if TYPE_CHECKING:
    from pathlib import Path


def test_chain_goes_up_agrees_with_the_models_and_goes_down(tmp_path: Path) -> None:
    """From an empty database the chain makes every table as the models say, and can take its newest step back."""
    engine = make_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    assert not chain.is_current(engine)
    assert chain.migrate(engine)
    assert chain.is_current(engine)
    assert not chain.migrate(engine)
    assert set(METADATA.tables) <= set(inspect(engine).get_table_names())
    chain.check(engine)
    chain.downgrade_one(engine)
    assert not chain.is_current(engine)
    engine.dispose()
