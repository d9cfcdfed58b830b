"""Tests of the floor: the limited child."""
