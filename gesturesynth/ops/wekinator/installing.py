"""A project of Wekinator as a preset of one's own, with takes: everything is checked before anything is written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from gesturesynth.config.preset import loader, preset_files
from gesturesynth.config.preset.model import Preset
from gesturesynth.config.preset.output_schema import RESERVED
from gesturesynth.control.osc.sender import OscTarget
from gesturesynth.control.osc.wekinator_addresses import INPUT, preset_key
from gesturesynth.control.session.targets import SET
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.files import is_there
from gesturesynth.mapping.class_gate import NONE
from gesturesynth.mapping.examples.new_takes import NewTake
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from gesturesynth.ops.packs.manifest import check_name
from gesturesynth.ops.wekinator.config_files import read_config
from gesturesynth.ops.wekinator.model_files import with_models
from gesturesynth.ops.wekinator.project_parts import Project, ProjectOutput, ProjectTake
from gesturesynth.ops.wekinator.recordings import read_takes

SUFFIX: Final = ".wekproj"
RATE_HZ: Final = 30.0


@dataclass(frozen=True)
class Imported:
    """What was done.

    Attributes:
        preset: as it can be played now.
        takes, rows: how many there are.
        notes: sentences for people.
    """

    preset: Preset
    takes: int
    rows: int
    notes: tuple[str, ...]


def read_project(given: Path, rate_hz: float = RATE_HZ) -> Project:
    """Reads a project and checks all of it; nothing is written.

    Args:
        given: its folder, or its file `NAME.wekproj`.
        rate_hz: how many messages a second there were while it was recorded; that matters to gestures.

    Raises:
        UserError: there is no project, or a file of it cannot be used; the message begins with file:line.
    """
    folder, file = (given.parent, given) if given.suffix.lower() == SUFFIX else (given, None)
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder: name that of a project of Wekinator, or its file NAME{SUFFIX}")
    if file is None:
        try:
            found = sorted(one for one in folder.iterdir() if one.suffix.lower() == SUFFIX)
        except OSError as error:
            raise UserError(f"{folder} cannot be read: {error.strerror or error}") from error
        if len(found) > 1:
            names = ", ".join(one.name for one in found[:5])
            raise UserError(f"{folder} has several projects: name the file of one ({names})")
        file = found[0] if found else None
    project = with_models(read_config(folder, file), folder)
    read_takes(project, folder, rate_hz)
    return project


def install(project: Project, name: str, now: datetime) -> Imported:
    """Writes the preset into the folder of one's own presets, and the takes into its store.

    Args:
        project: as read.
        name: of the preset; empty for one like that of the project.
        now: for the takes.

    Raises:
        UserError: the name is taken, or cannot be one.
    """
    key = name or _identifier(project.name, (), "wekinator_project")
    check_name(key, "--as")
    target = paths.config_dir() / "presets" / f"{key}.yaml"
    for suffix in preset_files.SUFFIXES:
        if is_there(target.with_suffix(suffix)):
            raise UserError(
                f"{target.with_suffix(suffix)} exists already and is not overwritten: choose a name by --as"
            )
    path = store_path(key)
    if any(path.parent.glob("examples.*")):
        raise UserError(f"there are takes of a preset '{key}' already, in {path.parent}: choose a name by --as")
    names = _names([output.name for output in project.outputs], RESERVED)
    gestures = _names(project.gestures, (NONE, *names))
    text = preset_text(project, names, gestures)
    try:
        preset = loader.loads(text, target)
    except UserError as error:  # what a project says was checked before; this is a mistake of ours
        raise GestureSynthError(f"the preset that was made of the project cannot be used: {error}") from error
    new = [_new_take(preset, names, gestures, take) for take in project.takes]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UserError(f"{target} cannot be written: {error.strerror or error}") from error
    if new:
        try:
            with ExampleStore.open(path, now) as store:
                store.add_takes(new, made=now)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    return Imported(preset, len(new), sum(len(take.poses) for take in new), tuple(project.notes))


def preset_text(project: Project, names: Sequence[str], gestures: Sequence[str]) -> str:
    """The preset, as YAML.

    Args:
        project: what it is made of; gets a note where the receiver cannot be kept.
        names: ours of its outputs.
        gestures: ours of its gestures.
    """
    host = _host(project)
    lines = [
        f"name: {_quoted(project.name)}",
        "about: Made of a project of Wekinator.",
        "wekinator:",
        f"  inputs: {len(project.inputs)}",
        f"  address: {_quoted(project.address)}",
        f"  send_to: {{host: {host}, port: {project.port}, address: {_quoted(project.send_address)}}}",
    ]
    if project.ranges:
        lines.append(f"  ranges: [{', '.join(f'[{low:.10g}, {high:.10g}]' for low, high in project.ranges)}]")
    lines.append(f"  input_names: [{', '.join(map(_quoted, project.inputs))}]")
    if names:
        lines.append(f"  output_names: [{', '.join(_quoted(output.name) for output in project.outputs)}]")
        lines.append("outputs:")
        lines += [f"  {name}: {_entry(output)}" for name, output in zip(names, project.outputs, strict=True)]
    if gestures:
        lines += ["gestures:", *(f"  {name}: {{}}" for name in gestures)]
    lines += ["smoothing: {min_cutoff: 1000 Hz}    # numbers count as they come"]
    lines += ["confidence: 4    # far from all examples, outputs still follow"]
    return "\n".join([*lines, ""])


def _entry(output: ProjectOutput) -> str:
    """An output, on one line."""
    keys = [f"range: [{_number(output.low)}, {_number(output.high)}]"]
    keys += ["whole: true"] * (output.kind != "number")
    keys += ["limits: soft"] * (output.soft and output.kind == "number")
    keys += [f"features: [{', '.join(f'{INPUT}.{number}' for number in output.inputs)}]"] * bool(output.inputs)
    if output.model == "knn":
        keys.append(f"model: {{kind: knn, neighbours: {output.neighbours}}}")
    elif output.model:
        keys.append(f"model: {output.model}")
    return f"{{{', '.join(keys)}}}"


def _quoted(text: str) -> str:
    """A text in quotes; YAML does not know the pairs of escapes by which JSON may write a character."""
    return json.dumps(text, ensure_ascii=False)


def _number(value: float) -> str:
    """A number in few digits, but all that it has: the ends of a narrow range are not the same."""
    short = f"{value:.10g}"
    return short if float(short) == value else repr(value)


def _host(project: Project) -> str:
    try:
        OscTarget(project.host, project.port, project.send_address)
    except UserError as error:
        OscTarget("127.0.0.1", project.port, project.send_address)
        project.notes.append(f"Outputs are sent to this computer: {error}.")
        return "127.0.0.1"
    return project.host


def _new_take(preset: Preset, names: Sequence[str], gestures: Sequence[str], take: ProjectTake) -> NewTake:
    if take.gesture:
        name = gestures[take.gesture - 1]
        return NewTake(name, {}, name, take.poses)
    limits = {output.name: output.limits for output in preset.outputs}

    def sound(values: Sequence[float | None]) -> dict[str, float]:
        given = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        return {name: min(limits[name][1], max(limits[name][0], value)) for name, value in given.items()}

    moving = [sound(values) for values in take.moving] or None
    return NewTake(SET, sound(take.values), "", take.poses, moving)


def _names(written: Sequence[str], taken: Sequence[str]) -> tuple[str, ...]:
    found: list[str] = []
    for number, name in enumerate(written, 1):
        found.append(_identifier(name, (*taken, *found), f"out_{number}"))
    return tuple(found)


def _identifier(text: str, taken: Sequence[str], otherwise: str) -> str:
    """A name as presets have them, like the text; none of `taken`."""
    name = preset_key(text.replace("/", " ").replace("\\", " ")) or otherwise
    free = (name, *(f"{name}_{number}" for number in range(2, 1000)))
    return next(one for one in free if one not in taken)
