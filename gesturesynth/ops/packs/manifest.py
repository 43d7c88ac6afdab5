"""The manifest of a pack: what is in it, and how large each part may be. Pure."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from gesturesynth.config.preset.preset_name import PresetName
from gesturesynth.config.preset.words_schema import TextFileName
from gesturesynth.config.yaml import parser
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples import dataset
from gesturesynth.words import source_text

SUFFIX: Final = ".gspack"
FORMAT: Final = "gesturesynth pack"
VERSION: Final = 2
"""Of the format; a later one may hold what this program does not know. Version 2 has a text."""
WITHOUT_TEXT: Final = 1
"""The version of a pack without a text, which older programs can read."""

MANIFEST: Final = "manifest.json"
PRESET: Final = "preset.yaml"
FACTORY: Final = "factory.csv"
TAKES: Final = "takes.sqlite"
WORDS: Final = "words.txt"
"""The text of the preset's words."""

MOST_BYTES: Final = {
    MANIFEST: 16 * 1024,
    PRESET: parser.MAX_BYTES,
    FACTORY: dataset.MAX_BYTES,
    TAKES: 256 * 2**20,
    WORDS: source_text.MOST_BYTES,
}
"""The parts of a pack, and how large each may be. The takes: more than an hour of skeletons at 30 frames a second."""

MOST_NAME_BYTES: Final = 200
"""Of the name of a preset: with an ending it has to be the name of a file, which has at most 255."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a pack: its name there, its size, and its SHA-256 as 64 hexadecimal digits."""

    name: Literal["preset.yaml", "factory.csv", "takes.sqlite", "words.txt"]
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a pack holds.

    Attributes:
        format: `FORMAT`.
        version: of the format.
        made_by: the version of gesturesynth that made it.
        preset: the name of the preset, without an ending: where it is put, and where its takes are.
        title: its name for people.
        takes: how many takes there are, with those that are deleted.
        skeletons: how many of them have skeletons.
        parts: the files, in their order in the pack.
        text: the name of the text beside the preset; empty without one.
    """

    format: str
    version: int
    made_by: str
    preset: str
    title: str
    takes: int
    skeletons: int
    parts: tuple[Part, ...]
    text: str = ""

    def encode(self) -> bytes:
        """The file `manifest.json`."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"


class _Head(msgspec.Struct):
    """What all versions of a manifest have."""

    format: str
    version: int


def decode_manifest(data: bytes, what: str) -> Manifest:
    """The manifest in these bytes.

    Args:
        data: of the file `manifest.json`.
        what: the pack, for sentences.

    Raises:
        UserError: it is not one, or that of a later version.
    """
    try:
        head = msgspec.json.decode(data, type=_Head)
        if head.format == FORMAT and head.version > VERSION:
            raise UserError(
                f"{what} was made by a newer gesturesynth (version {head.version} of packs; this one knows versions up "
                f"to {VERSION}): update gesturesynth"
            )
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise UserError(f"{what}: its {MANIFEST} is not that of a pack: {error}") from error
    names = [part.name for part in manifest.parts]
    if manifest.format != FORMAT or not 1 <= manifest.version <= VERSION or len(set(names)) != len(names):
        raise UserError(f"{what}: its {MANIFEST} is not that of a pack")
    if PRESET not in names:
        raise UserError(f"{what}: there is no preset in it")
    for part in manifest.parts:
        if not 0 <= part.bytes <= MOST_BYTES[part.name]:
            raise UserError(
                f"{what}: {part.name} says to have {part.bytes} bytes; at most {MOST_BYTES[part.name]} are allowed"
            )
    if not (manifest.title.isprintable() and manifest.made_by.isprintable()):
        raise UserError(f"{what}: its {MANIFEST} holds characters that cannot be shown")
    check_name(manifest.preset, what)
    if bool(manifest.text) != (WORDS in names):
        raise UserError(f"{what}: its {MANIFEST} is not that of a pack: a text and its name belong together")
    if manifest.text:
        _check_text_name(manifest.text, what)
    return manifest


def _check_text_name(name: str, what: str) -> None:
    """Raises UserError unless a text beside a preset can have this name."""
    try:
        TextFileName(MOST_NAME_BYTES).check(name)
    except ValueError as error:
        raise UserError(f"{what}: {error}") from error
    if name != name.strip() or not name.isprintable() or name.startswith("."):
        raise UserError(f"{what}: '{name[:40]!a}' cannot be the name of a text")


def check_name(name: str, what: str) -> None:
    """Raises UserError unless a preset can have this name, without an ending: it becomes the name of files."""
    try:
        PresetName().check(name)
    except ValueError as error:
        raise UserError(f"{what}: {error}") from error
    if name != name.strip() or len(name.encode("utf-8", "replace")) > MOST_NAME_BYTES:
        raise UserError(f"{what}: '{name[:40]}...' is too long for the name of a preset, or has blanks at its ends")
