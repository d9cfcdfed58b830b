"""The costs of the simulation: each price and each assumption moves what it is of, and nothing else."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from bench.costs import HOURS_A_MONTH, Assumed, Needs, Prices, cost_rows, monthly, once

NEEDS = Needs(hours=1_000, stored_tb=10, listening_tb=2, disk_gb=100, transcription_core_h=50, beside_core_h=20)
PRICES = Prices(tb_month=3, disk_gb_month=0.5, ram_gb_month=2, core_hour=0.25, gpu_hour=8, egress_tb=40)
ASSUMED = Assumed(copies=2, ram_gb=16, cores=4, listened_h=250, gpu_realtime=100)


def test_costs_are_quantities_times_prices() -> None:
    """By hand: ten TB twice at three, a quarter of two TB at forty, a thousand hours by a GPU in ten."""
    assert monthly(NEEDS, PRICES, ASSUMED) == {
        "objects": 60,
        "disk of database and search": 50,
        "memory": 32,
        "cores": HOURS_A_MONTH,
        "what readers hear": 20,
    }
    assert once(NEEDS, PRICES, ASSUMED) == {"words, on CPUs": 12.5, "words, on a GPU": 80, "beside the words": 5}
    (whole,) = [one["ours"] for one in cost_rows(NEEDS, PRICES, ASSUMED) if one["name"].endswith("a month, all")]
    assert whole == 60 + 50 + 32 + HOURS_A_MONTH + 20


@pytest.mark.parametrize("name", [one.name for one in fields(Prices)])
def test_twice_the_price_is_twice_the_cost_of_what_it_buys(name: str) -> None:
    """No price is without effect, and none is counted twice."""
    dearer = replace(PRICES, **{name: 2 * getattr(PRICES, name)})
    before = monthly(NEEDS, PRICES, ASSUMED) | once(NEEDS, PRICES, ASSUMED)
    after = monthly(NEEDS, dearer, ASSUMED) | once(NEEDS, dearer, ASSUMED)
    factors = {after[what] / before[what] for what in before}
    assert factors == {1, 2}
