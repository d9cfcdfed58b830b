"""The names of all settings, of every kind of every part, as .env writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterator


def models_of(annotation: Any) -> Iterator[type[BaseModel]]:
    """The parts that stand in a field's annotation, each kind of them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for inner in get_args(annotation):
        yield from models_of(inner)


def setting_names(model: type[BaseModel], prefix: str = "STORYBRAID_") -> Iterator[str]:
    """Every name that this model's settings can have."""
    for name, field in model.model_fields.items():
        parts = list(models_of(field.annotation))
        for part in parts:
            yield from setting_names(part, f"{prefix}{name.upper()}__")
        if not parts:
            yield f"{prefix}{name.upper()}"
