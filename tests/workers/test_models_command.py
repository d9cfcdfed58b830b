"""``storybraid models fetch``: by name, or as compose's setup calls it, the model that the settings name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from workers.servers.own import ROOT

SETUP: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["setup"]
LAST = SETUP["command"][0].rpartition("&&")[2].strip().replace("$$", "$")
"""What setup does last, as its shell reads it."""
REMOTE = {"KIND": "remote", "ENDPOINT": "http://transcriber:8000/v1"}


def in_setup(line: str, models: Path, **transcriber: str) -> subprocess.CompletedProcess[str]:
    """A line of setup's shell, with these settings of the transcriber and this folder for models."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STORYBRAID_")}
    told = {f"STORYBRAID_TRANSCRIBER__{name}": value for name, value in transcriber.items()}
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    # Where no .env is: settings are what is told here.
    return subprocess.run(
        [*SETUP["entrypoint"], line],
        cwd=models.parent,
        env=kept | told | {"STORYBRAID_MODELS": str(models), "PATH": programs},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_setup_fetches_nothing_where_a_service_writes_the_words(tmp_path: Path) -> None:
    """With the service's own name for its model, and with the default one, setup ends well and keeps nothing."""
    for more in ({}, {"MODEL": "Systran/faster-whisper-large-v3"}):
        done = in_setup(LAST, tmp_path / "models", **REMOTE, **more)
        assert done.returncode == 0, done.stderr
        assert "nothing needs to be fetched" in done.stderr
        assert more.get("MODEL", "whisper-1") in done.stderr
    assert not (tmp_path / "models").exists()


def test_setup_fetches_the_model_of_the_settings(tmp_path: Path) -> None:
    """The model is whole in the folder of models, again it is there; one that nobody has fails by its name."""
    models = tmp_path / "models"
    for told in ({}, {"KIND": "whisper", "MODEL": "base"}):
        done = in_setup(LAST, models, **told)
        assert done.returncode == 0, done.stderr
        assert "base" in done.stderr
    assert (models / "base" / "model.bin").stat().st_size == 145_217_532
    assert "The model base is there." in done.stderr
    done = in_setup(LAST, models, KIND="whisper", MODEL="whisper-1")
    assert done.returncode == 1
    assert "There is no model 'whisper-1'" in done.stderr


def test_a_model_that_is_named_is_fetched_whatever_the_settings(tmp_path: Path) -> None:
    """A machine that will work by itself later may fetch while its settings name a service."""
    done = in_setup("storybraid models fetch whisper-1", tmp_path / "models", **REMOTE)
    assert done.returncode == 1
    assert "There is no model 'whisper-1'" in done.stderr
