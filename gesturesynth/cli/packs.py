"""The verbs `pack` and `unpack`: a preset with all that was taught to it, as one file. Their help is in `app.py`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from gesturesynth.cli.flags import NO_OUTPUT_FLAGS, OutputFlags

if TYPE_CHECKING:
    from gesturesynth.ops.packs.manifest import Manifest
    from gesturesynth.ops.packs.unpack import CheckedPack


def pack(
    preset: Annotated[str, Parameter(help="A name from `preset list`, or a YAML file.")],
    file: Annotated[
        Path | None,
        Parameter(help="The file to write; it must not exist yet. By default PRESET.gspack here.", show_default=False),
    ] = None,
    *,
    without_skeletons: Annotated[
        bool,
        Parameter(negative="", help="Only features and values of takes that are on, as if imported."),
    ] = False,
    with_deleted: Annotated[
        bool, Parameter(negative="", help="Deleted takes, too; they stay deleted, and can be restored.")
    ] = False,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Writes a pack: see `ops.packs.pack`."""
    from datetime import UTC, datetime

    from gesturesynth.ops.packs.pack import PackRequest
    from gesturesynth.ops.packs.pack import pack as write_pack

    request = PackRequest(preset, file, skeletons=not without_skeletons, deleted=with_deleted)
    written, manifest = write_pack(request, datetime.now(UTC))
    notes = _privacy(manifest, written=True)
    if output.json:
        size = written.stat().st_size
        print(json.dumps({"file": str(written), "bytes": size, **_facts(manifest), "notes": notes}, ensure_ascii=False))
    elif not output.quiet:
        print(f"{written}: {_contents(manifest)}")
        for note in notes:
            print(note)


def unpack(
    file: Annotated[Path, Parameter(help="A file that `gesturesynth pack` has written.")],
    *,
    name: Annotated[
        str, Parameter(name="--as", help="Another name for the preset than its own.", show_default=False)
    ] = "",
    replace: Annotated[
        bool, Parameter(negative="", help="In the place of a preset, or of takes, of that name; they are kept.")
    ] = False,
    check: Annotated[bool, Parameter(negative="", help="Only check it, and say what is in it.")] = False,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Unpacks a pack: see `ops.packs.unpack`."""
    from datetime import UTC, datetime

    from gesturesynth.ops.packs.unpack import check_pack, conflict
    from gesturesynth.ops.packs.unpack import unpack as install_pack

    now = datetime.now(UTC)
    found = check_pack(file, name)
    facts: dict[str, object] = {"file": str(file), **_facts(found.manifest), "notes": _notes(found)}
    if check:
        in_the_way = conflict(found, now)
        lines = [
            f"{file}: fine; {_contents(found.manifest)}",
            *([f"On this computer {in_the_way}."] * bool(in_the_way)),
        ]
        facts |= {"conflict": in_the_way}
    else:
        done = install_pack(found, now, replace=replace)
        lines = [f"'{found.preset.key}' is in {done.preset}" + f"; {done.takes}" * bool(done.takes)]
        if done.backup:
            lines.append(f"The files that were replaced are in {done.backup}.")
        if " instead of " in done.takes:
            lines.append("`undo` (the key u) brings the former takes back.")
        lines.append(f"Play it with: gesturesynth run --preset {found.preset.key}")
        facts |= {
            "installed": found.preset.key,
            "preset_file": str(done.preset),
            "done": done.takes,
            "backup": str(done.backup or ""),
        }
    if output.json:
        print(json.dumps(facts, ensure_ascii=False))
    elif not output.quiet:
        print("\n".join([*lines, *_notes(found)]))


def _facts(manifest: Manifest) -> dict[str, object]:
    return {
        "preset": manifest.preset,
        "title": manifest.title,
        "takes": manifest.takes,
        "skeletons": manifest.skeletons,
        "parts": [part.name for part in manifest.parts],
    }


def _contents(manifest: Manifest) -> str:
    """What is in a pack: `'theremin' (Theremin), factory examples, 3 takes with skeletons`."""
    names = [part.name for part in manifest.parts]
    takes = f"{manifest.takes} take{'s' * (manifest.takes != 1)}"
    takes += " with skeletons" if manifest.skeletons else " without skeletons" if manifest.takes else ""
    parts = [
        f"'{manifest.preset}' ({manifest.title})",
        *(["factory examples"] * ("factory.csv" in names)),
        *([manifest.text] * bool(manifest.text)),
        takes,
    ]
    return ", ".join(parts)


def _privacy(manifest: Manifest, *, written: bool) -> list[str]:
    if not manifest.skeletons:
        return []
    cure = " `--without-skeletons` leaves features and values only." if written else ""
    whose = "The skeletons of the persons who taught it are in it (33 points a frame, no pictures)"
    return [f"{whose}: pass them on only if they agree.{cure}"]


def _notes(found: CheckedPack) -> list[str]:
    """What a person should know about a pack from elsewhere before it plays."""
    from gesturesynth.config.preset import loader

    notes = _privacy(found.manifest, written=False)
    targets = ", ".join(sorted({f"{target.host}:{target.port}" for target in found.preset.osc}))
    if targets:
        notes.append(f"While it plays, the preset sends OSC to {targets}.")
    known = {entry.name for entry in loader.available()}
    missing = sorted({entry.preset for entry in found.preset.classes.values() if entry.preset} - known)
    if missing:
        notes.append(f"Its classes change to {', '.join(missing)}, which this computer does not have.")
    return notes
