"""Where a model runs: what this machine has not is refused with a sentence, before anything is loaded."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import ctranslate2
import pytest

from app.kernel.settings import WhisperTranscriber, load_settings
from tests.factories.living import LivingArchive
from workers.cli import doctor
from workers.devices import (
    CHOSEN_FOR_US,
    CUBLAS,
    EVERYWHERE,
    DeviceError,
    device_for,
    require_device,
    unused_gpu,
)

HAS_GPU = ctranslate2.get_cuda_device_count() > 0
no_gpu = pytest.mark.skipif(HAS_GPU, reason="this machine has a GPU")
# Asked apart from has_cublas, whose mistake must not skip its own tests.
_OPENS_IT = [sys.executable, "-c", f"import ctypes; ctypes.CDLL('{CUBLAS}')"]
HAS_CUBLAS = subprocess.run(_OPENS_IT, capture_output=True, check=False).returncode == 0
no_cublas = pytest.mark.skipif(HAS_CUBLAS, reason=f"this machine has {CUBLAS}")


def settings(device: str, compute_type: str = "int8") -> WhisperTranscriber:
    """The settings of a model on a device."""
    return WhisperTranscriber(device=device, compute_type=compute_type)


@no_gpu
def test_auto_is_the_cpu_where_there_is_no_gpu() -> None:
    """Without a GPU ``auto`` falls to the CPU, with whatever numbers it has."""
    for compute_type in (*ctranslate2.get_supported_compute_types("cpu"), *CHOSEN_FOR_US):
        assert device_for(settings("auto", compute_type)) == "cpu"
        assert device_for(settings("cpu", compute_type)) == "cpu"


def test_what_is_let_through_unasked_is_had_by_every_cpu() -> None:
    """The types for which nothing is loaded to find out are really there."""
    assert set(EVERYWHERE) - set(CHOSEN_FOR_US) <= ctranslate2.get_supported_compute_types("cpu")


@no_gpu
def test_cuda_without_a_gpu_is_refused() -> None:
    """The sentence names the setting and what to set instead."""
    with pytest.raises(DeviceError, match=r"DEVICE is cuda, and no NVIDIA GPU .* Set it to auto or cpu"):
        require_device(settings("cuda", "float16"))


@pytest.fixture
def a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """CTranslate2 sees a GPU, as it does wherever the driver is."""
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 1)


@no_cublas
@pytest.mark.usefixtures("a_gpu")
def test_a_gpu_without_its_library_is_refused_or_left_unused() -> None:
    """Without cuBLAS the model loads and the first batch fails: ``cuda`` is refused before, ``auto`` takes the CPU."""
    with pytest.raises(DeviceError, match=rf"DEVICE is cuda, and {CUBLAS} is not to be found, .* or set it to auto"):
        require_device(settings("cuda", "float16"))
    assert device_for(settings("auto")) == "cpu"
    assert CUBLAS in unused_gpu(settings("auto"))
    assert unused_gpu(settings("cpu")) == ""
    with pytest.raises(DeviceError, match=rf"the cpu of this machine has not.* left unused: {CUBLAS}"):
        require_device(settings("auto", "float16"))


@no_cublas
@pytest.mark.usefixtures("a_gpu")
def test_doctor_says_why_a_gpu_is_left_unused() -> None:
    """``auto`` goes on on the CPU, and whoever wonders why it is slow reads the reason."""
    product, warning = doctor._transcriber(load_settings(env_file=None, transcriber={"device": "auto"}))
    assert product.endswith("int8 on cpu")
    assert CUBLAS in warning


def test_the_library_is_the_one_that_ctranslate2_opens() -> None:
    """A CTranslate2 built for another CUDA opens another library, and is asked for that one."""
    folder = Path(ctranslate2.__file__).parent.parent / "ctranslate2.libs"
    (library,) = folder.glob("libctranslate2-*")
    assert CUBLAS.encode() + b"\0" in library.read_bytes()


def test_a_device_that_is_none_is_refused() -> None:
    """A misspelt device names those there are."""
    with pytest.raises(DeviceError, match="there are auto, cpu, cuda"):
        require_device(settings("gpu"))


@pytest.mark.parametrize("compute_type", ["int8_float16", "int9"])
def test_numbers_that_the_device_has_not_are_refused(compute_type: str) -> None:
    """The sentence lists those it has; CTranslate2 itself would say so at the first recording only."""
    assert compute_type not in ctranslate2.get_supported_compute_types("cpu")
    with pytest.raises(DeviceError) as refused:
        require_device(settings("cpu", compute_type))
    for there in ctranslate2.get_supported_compute_types("cpu"):
        assert there in str(refused.value)


@no_gpu
@pytest.mark.parametrize("command", [("worker",), ("worker", "--queues", "transcribe"), ("serve",), ("doctor",)])
def test_each_command_says_so_in_a_sentence(tmp_path: Path, command: tuple[str, ...]) -> None:
    """``worker``, ``serve`` and ``doctor`` refuse at once, with exit 1 and no traceback."""
    archive = LivingArchive(tmp_path)
    archive.run("migrate")
    archive.environment["STORYBRAID_TRANSCRIBER__DEVICE"] = "cuda"
    began = time.monotonic()
    done = archive.run(*command, expect=1)
    assert time.monotonic() - began < 60
    said = done.stdout + done.stderr
    assert "STORYBRAID_TRANSCRIBER__DEVICE is cuda, and no NVIDIA GPU can be used here" in said
    assert "Traceback" not in said


@no_gpu
def test_who_hears_nothing_needs_no_device(tmp_path: Path) -> None:
    """The API alone and a worker without the queue ``transcribe`` start whatever the device is."""
    archive = LivingArchive(tmp_path)
    archive.run("migrate")
    archive.environment["STORYBRAID_TRANSCRIBER__DEVICE"] = "cuda"
    archive.start("--no-worker")
    assert archive.stop() < 5
    report = archive.json("doctor", expect=1)
    (failed,) = [part for part in report["parts"] if not part["ok"]]
    assert failed["part"] == "transcriber"


def test_doctor_says_where_the_model_runs(tmp_path: Path) -> None:
    """The device and the numbers stand beside the model."""
    archive = LivingArchive(tmp_path)
    archive.run("migrate")
    archive.environment |= {
        "STORYBRAID_TRANSCRIBER__DEVICE": "cpu",
        "STORYBRAID_TRANSCRIBER__COMPUTE_TYPE": "float32",
    }
    products = {part["part"]: part["product"] for part in archive.json("doctor")["parts"]}
    assert products["transcriber"].endswith("model base, float32 on cpu")
