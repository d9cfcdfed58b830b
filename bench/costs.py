"""What an archive costs: quantities times prices that the operator gives; the example's are assumed, nobody's offer."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from bench.rows import row

if TYPE_CHECKING:
    from collections.abc import Mapping

HOURS_A_MONTH = 730.0


def _given(default: float, what: str) -> Any:  # noqa: ANN401  dataclasses' own form
    return field(default=default, metadata={"help": what})


@dataclass(frozen=True)
class Prices:
    """In units of whatever money; the defaults are an example, assumed in November 2026 and no vendor's figures."""

    tb_month: float = _given(20.0, "a TB of object storage, a month")
    disk_gb_month: float = _given(0.10, "a GB of disk for database and search, a month")
    ram_gb_month: float = _given(4.0, "a GB of memory, a month")
    core_hour: float = _given(0.04, "an hour of one core")
    gpu_hour: float = _given(1.50, "an hour of one GPU")
    egress_tb: float = _given(50.0, "a TB that leaves for readers")


@dataclass(frozen=True)
class Assumed:
    """What is not measured: how the archive is kept and used; examples too."""

    copies: float = _given(2.0, "how often each object is kept: the store, and its backup")
    ram_gb: float = _given(64.0, "memory of all servers together, GB")
    cores: float = _given(16.0, "cores that are there all the time, beside transcription")
    listened_h: float = _given(15_000.0, "hours of sound heard a month: a tenth of the archive")
    gpu_realtime: float = _given(218.0, "hours of sound an hour of GPU: 20 minutes in 5.5 s were seen, base, float16")


@dataclass(frozen=True)
class Needs:
    """What the simulation found that the whole archive needs."""

    hours: float
    stored_tb: float
    listening_tb: float
    disk_gb: float
    transcription_core_h: float
    beside_core_h: float


def monthly(needs: Needs, prices: Prices, assumed: Assumed) -> dict[str, float]:
    """Money a month, by what it is for, once all is taken in."""
    heard_tb = needs.listening_tb / needs.hours * assumed.listened_h
    return {
        "objects": needs.stored_tb * assumed.copies * prices.tb_month,
        "disk of database and search": needs.disk_gb * prices.disk_gb_month,
        "memory": assumed.ram_gb * prices.ram_gb_month,
        "cores": assumed.cores * HOURS_A_MONTH * prices.core_hour,
        "what readers hear": heard_tb * prices.egress_tb,
    }


def once(needs: Needs, prices: Prices, assumed: Assumed) -> dict[str, float]:
    """Money for taking all of it in: words on a CPU or on a GPU, and what is done beside, on a CPU in either case."""
    return {
        "words, on CPUs": needs.transcription_core_h * prices.core_hour,
        "words, on a GPU": needs.hours / assumed.gpu_realtime * prices.gpu_hour,
        "beside the words": needs.beside_core_h * prices.core_hour,
    }


def cost_rows(needs: Needs, prices: Prices, assumed: Assumed) -> list[dict[str, Any]]:
    """The rows of the bench."""
    each_month = monthly(needs, prices, assumed)
    told: Mapping[str, float] = {
        **{f"a month, {what}": money for what, money in each_month.items()},
        "a month, all": sum(each_month.values()),
        **{f"once, {what}": money for what, money in once(needs, prices, assumed).items()},
    }
    return [row(f"cost at the prices given: {what}", money, None, "shown", met=True) for what, money in told.items()]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """An option for each price and each assumption, with the example's value."""
    for kind in (Prices, Assumed):
        group = parser.add_argument_group(kind.__name__.lower(), (kind.__doc__ or "").replace("%", "%%"))
        for one in fields(kind):
            told = f"{one.metadata['help']} (%(default)s)"
            group.add_argument(f"--{one.name.replace('_', '-')}", type=float, default=one.default, help=told)


def read_arguments(given: argparse.Namespace) -> tuple[Prices, Assumed]:
    """What was given."""
    prices, assumed = ({one.name: getattr(given, one.name) for one in fields(kind)} for kind in (Prices, Assumed))
    return Prices(**prices), Assumed(**assumed)
