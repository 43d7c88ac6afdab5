"""A pack from elsewhere may hold anything: it ends in a sentence, and nothing of it is put anywhere."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.store import store_path
from gesturesynth.ops.packs.archive import sha256
from gesturesynth.ops.packs.manifest import MOST_BYTES
from gesturesynth.ops.packs.pack import PackRequest, pack
from gesturesynth.ops.packs.unpack import check_pack
from tests.support.stored_takes import open_store, poses

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def parts(own_folders: Path) -> dict[str, bytes]:
    """The contents of a sound pack."""
    with open_store(store_path("theremin")) as store:
        store.add_take("1", {"pitch": 220.0}, "", poses(9))
    file, _ = pack(PackRequest("theremin", own_folders / "sound.gspack"), NOW)
    with zipfile.ZipFile(file) as found:
        return {name: found.read(name) for name in found.namelist()}


def written(folder: Path, parts: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    file = folder / "bad.gspack"
    with zipfile.ZipFile(file, "w", method) as out:
        for name, data in parts.items():
            out.writestr(name, data)
    return file


def with_manifest(parts: dict[str, bytes], change: Callable[[dict[str, Any]], object]) -> dict[str, bytes]:
    manifest = json.loads(parts["manifest.json"])
    change(manifest)
    return parts | {"manifest.json": json.dumps(manifest).encode()}


def with_part(parts: dict[str, bytes], name: str, data: bytes) -> dict[str, bytes]:
    """A part replaced, with a manifest that is right about it."""

    def change(manifest: dict[str, Any]) -> None:
        for part in manifest["parts"]:
            if part["name"] == name:
                part |= {"bytes": len(data), "sha256": sha256(data)}

    return with_manifest(parts | {name: data}, change)


def refused(file: Path, why: str) -> None:
    before = sorted(path for folder in (paths.config_dir(), paths.state_dir()) for path in folder.rglob("*"))
    with pytest.raises(UserError, match=why) as error:
        check_pack(file)
    assert str(error.value).startswith(str(file))
    assert sorted(path for folder in (paths.config_dir(), paths.state_dir()) for path in folder.rglob("*")) == before


def test_a_pack_that_another_program_has_packed_is_read(parts: dict[str, bytes], own_folders: Path) -> None:
    assert check_pack(written(own_folders, parts, zipfile.ZIP_DEFLATED)).preset.key == "theremin"


@pytest.mark.parametrize("name", ["../../evil.yaml", "/etc/passwd", "a/b.csv", "more.txt", "preset.yaml/", "\x1b[2J"])
def test_a_part_that_no_pack_has(name: str, parts: dict[str, bytes], own_folders: Path) -> None:
    refused(written(own_folders, parts | {name: b"x"}), "it holds|holds 5 files")


@pytest.mark.parametrize(
    "name", ["../theremin", "a/b", ".hidden", "", "x" * 81, "\u6f22" * 80, "a\nb", "a\0b", "x.yaml"]
)
def test_a_preset_whose_name_cannot_be_that_of_a_file(name: str, parts: dict[str, bytes], own_folders: Path) -> None:
    refused(written(own_folders, with_manifest(parts, lambda m: m.update(preset=name))), "name")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda m: m.update(version=3), "newer gesturesynth"),
        (lambda m: m.update(format="other"), "not that of a pack"),
        (lambda m: m.update(version="1"), "not that of a pack"),
        (lambda m: m.pop("preset"), "not that of a pack"),
        (lambda m: m.update(takes=5), "5 takes"),
        (lambda m: m.update(title="\x1b[2J"), "cannot be shown"),
        (lambda m: m["parts"].pop(0), "there is no preset"),
        (lambda m: m["parts"].pop(), "its manifest names"),
        (lambda m: m["parts"].append(m["parts"][0]), "not that of a pack"),
        (lambda m: m["parts"][0].update(name="../x"), "not that of a pack"),
        (lambda m: m["parts"][0].update(sha256="0" * 64), "SHA-256"),
        (lambda m: m["parts"][0].update(bytes=5), "5 bytes"),
        (lambda m: m["parts"][0].update(bytes=10**12), "at most"),
        (lambda m: m["parts"][0].update(bytes=-1), "at most"),
    ],
)
def test_a_manifest_that_does_not_tell_the_truth(
    change: Callable[[dict[str, Any]], object], why: str, parts: dict[str, bytes], own_folders: Path
) -> None:
    refused(written(own_folders, with_manifest(parts, change)), why)


@pytest.mark.parametrize("text", [b"", b"[]", b"\xff", b"[" * 5000, b"{}" * 10_000])
def test_a_manifest_that_is_none(text: bytes, parts: dict[str, bytes], own_folders: Path) -> None:
    refused(written(own_folders, parts | {"manifest.json": text}), "manifest.json")


def test_a_part_that_unpacks_to_far_more_than_it_says(parts: dict[str, bytes], own_folders: Path) -> None:
    file = written(own_folders, parts | {"preset.yaml": bytes(50 * 2**20)}, zipfile.ZIP_DEFLATED)
    assert file.stat().st_size < 2**20
    refused(file, "more than the")


def test_a_directory_of_a_million_files_is_not_read(own_folders: Path) -> None:
    file = own_folders / "bad.gspack"
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, 60_000_000, 0, 0)
    file.write_bytes(bytes(60_000_000) + end)
    refused(file, "holds 65535 files")
    file.write_bytes(bytes(100) + b"PK\x06\x07" + bytes(16) + struct.pack("<4s4H2LH", b"PK\x05\x06", *(0,) * 7))
    refused(file, "is no pack")


@pytest.mark.parametrize("data", [b"", b"x" * 10, b"x" * 10_000, b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_pack(data: bytes, own_folders: Path) -> None:
    file = own_folders / "bad.gspack"
    file.write_bytes(data)
    refused(file, "is no pack")


def test_a_folder_or_nothing_at_all(own_folders: Path) -> None:
    refused(own_folders, "cannot be read")
    refused(own_folders / "none.gspack", "cannot be read")


def test_a_pack_that_was_cut_or_changed_on_its_way(parts: dict[str, bytes], own_folders: Path) -> None:
    data = written(own_folders, parts).read_bytes()
    file = own_folders / "bad.gspack"
    for size in range(0, len(data), len(data) // 40):
        file.write_bytes(data[:size])
        refused(file, "no pack|damaged")
    with zipfile.ZipFile(written(own_folders, parts)) as pack:
        starts = {info.header_offset + 30 + len(info.filename): info.compress_size for info in pack.infolist()}
    # Not every byte between the parts says something; within them each is covered by a checksum.
    for place in (start + offset for start, size in starts.items() for offset in range(0, size, max(1, size // 15))):
        file.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        refused(file, "no pack|damaged|manifest")


def test_an_encrypted_part(parts: dict[str, bytes], own_folders: Path) -> None:
    file = written(own_folders, parts)
    data = bytearray(file.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 8] |= 1
    file.write_bytes(data)
    refused(file, "encrypted")


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("preset.yaml", b"features: [nonsense]\n", "nonsense"),
        ("preset.yaml", b"\xff\xfe\x00", "preset.yaml|UTF"),
        ("preset.yaml", b"a: &a [*a, *a]\n", "unknown key|nested|alias"),
        ("factory.csv", b"nothing,here\n1,2\n", "nothing"),
        ("factory.csv", b"take,class,feature:energy\n1,,0.5\n", "they were made for another preset"),
        ("takes.sqlite", b"x" * 5000, "takes.sqlite"),
    ],
)
def test_a_part_that_does_not_fit(name: str, data: bytes, why: str, parts: dict[str, bytes], own_folders: Path) -> None:
    refused(written(own_folders, with_part(parts, name, data)), why)


def test_every_part_has_a_limit(parts: dict[str, bytes]) -> None:
    assert {*parts, "words.txt"} == MOST_BYTES.keys()
