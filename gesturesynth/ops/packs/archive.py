"""The file of a pack: a zip file whose parts are stored as they are, so that the same parts give the same bytes.

Anything may be in a file from elsewhere. Its directory is looked at before Python's zip reader gets it, since that
reads the whole of one, however long; parts are read up to the size that the manifest says, and no further.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, Final

from gesturesynth.core.errors import UserError
from gesturesynth.ops.packs.manifest import MANIFEST, MOST_BYTES, SUFFIX, Manifest, decode_manifest

MOST_FILE_BYTES: Final = sum(MOST_BYTES.values()) + 64 * 1024

_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The least that a zip file can say: the time of packing must not change the bytes."""
_RIGHTS: Final = 0o100644 << 16
_END: Final = struct.Struct("<4s4H2LH")
"""The end record of a zip file: signature, disks, entries (twice), size and place of the directory, comment length."""
_ZIP64: Final = b"PK\x06\x07"
_LOCATOR_BYTES: Final = 20
_MOST_DIRECTORY_BYTES: Final = 64 * 1024
_ENCRYPTED: Final = 0x1
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def write_archive(manifest: Manifest, parts: Mapping[str, bytes]) -> bytes:
    """The bytes of a pack: the manifest, and its parts in their order."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as pack:
        for name, data in ((MANIFEST, manifest.encode()), *((part.name, parts[part.name]) for part in manifest.parts)):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system, entry.external_attr = 3, _RIGHTS
            pack.writestr(entry, data)
    return file.getvalue()


def sha256(data: bytes) -> str:
    """The SHA-256 of these bytes, as hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def read_archive(path: Path) -> tuple[Manifest, dict[str, bytes]]:
    """The manifest of a pack and its parts, each of the size and with the SHA-256 that the manifest says.

    Raises:
        UserError: there is no such file, it is no pack, is damaged, or holds something else.
    """
    what = str(path)
    try:
        with path.open("rb") as file:
            _check_directory(file, what)
            with closing(zipfile.ZipFile(file)) as pack:
                return _read(pack, what)
    except OSError as error:
        raise UserError(f"{what} cannot be read: {error.strerror or error}") from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise UserError(f"{what} is damaged: {error}") from error


def _check_directory(file: BinaryIO, what: str) -> None:
    """Raises UserError unless the end of the file is that of a pack: a short directory, and no comment behind it."""
    size = file.seek(0, io.SEEK_END)
    no_pack = f"{what} is no pack: `gesturesynth pack` makes files that end in {SUFFIX}"
    if size > MOST_FILE_BYTES:
        raise UserError(f"{what} has {size} bytes: no pack has more than {MOST_FILE_BYTES}")
    if size < _END.size:
        raise UserError(no_pack)
    file.seek(max(0, size - _LOCATOR_BYTES - _END.size))
    tail = file.read()
    signature, _, _, here, entries, directory_bytes, _, comment = _END.unpack(tail[-_END.size :])
    if signature != b"PK\x05\x06" or comment or tail.startswith(_ZIP64):
        raise UserError(no_pack)
    if here != entries or entries > len(MOST_BYTES) or directory_bytes > _MOST_DIRECTORY_BYTES:
        raise UserError(f"{what} holds {entries} files; a pack holds at most {len(MOST_BYTES)}")


def _read(pack: zipfile.ZipFile, what: str) -> tuple[Manifest, dict[str, bytes]]:
    entries = pack.infolist()
    names = [entry.filename for entry in entries]
    foreign = [name for name in names if name not in MOST_BYTES]
    if foreign or len(set(names)) != len(names) or MANIFEST not in names:
        why = f"it holds {foreign[0][:80]!r}" if foreign else "its manifest is missing, or a part is there twice"
        raise UserError(f"{what} is no pack: {why}. A pack holds {', '.join(MOST_BYTES)}")
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
            raise UserError(f"{what}: {entry.filename} is encrypted, or packed in a way that packs do not use")
    manifest = decode_manifest(_contents(pack, MANIFEST, MOST_BYTES[MANIFEST], what), what)
    wanted = {part.name: part for part in manifest.parts}
    if wanted.keys() != set(names) - {MANIFEST}:
        raise UserError(f"{what}: its manifest names {', '.join(wanted)}, and it holds {', '.join(names)}")
    parts: dict[str, bytes] = {}
    for name, part in wanted.items():
        parts[name] = _contents(pack, name, part.bytes, what)
        if len(parts[name]) != part.bytes or sha256(parts[name]) != part.sha256:
            raise UserError(f"{what} is damaged: {name} is not what was packed (its size or its SHA-256 differs)")
    return manifest, parts


def _contents(pack: zipfile.ZipFile, name: str, most: int, what: str) -> bytes:
    """The contents of a part. Raises UserError when there is more than `most` bytes in it, without unpacking more."""
    with pack.open(name) as part:
        data = part.read(most + 1)
    if len(data) > most:
        raise UserError(f"{what} is damaged: {name} has more than the {most} bytes that are allowed for it")
    return data
