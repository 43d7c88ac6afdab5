"""Scenes merged into one preset that has the outputs and instruments of all, so that it is checked as any other.

A name of an output belongs to one scene, or to all of them: so takes, masks, idle values and addresses need no scene to
say which output is meant, and one fit serves all scenes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from gesturesynth.config.preset.scene_schema import SceneEntry
from gesturesynth.config.yaml.document import Document, KeyPath, Value

if TYPE_CHECKING:
    from gesturesynth.config.preset.schema import PresetFile

_MERGED: Final = ("outputs", "instruments", "idle", "snapshots")
"""Sections of a scene that become part of the preset's own."""


class MergedDocument(Document):
    """A document whose scenes are merged into it; problems keep the places at which the parts were written.

    Args:
        document: as it was read; gets the problems.
        data: the merged contents.
        origins: where parts were written that were not where they are now.
    """

    def __init__(self, document: Document, data: dict[str, Value], origins: Mapping[KeyPath, KeyPath]) -> None:
        d = document
        super().__init__(d.file, data, d.keys, d.values, d.written, d.written_keys, d.problems)
        former: dict[KeyPath, KeyPath] = getattr(document, "_origins", {})
        self._origins: dict[KeyPath, KeyPath] = {**former, **origins}

    def add_problem(self, path: KeyPath, message: str, *, key: bool = False) -> None:
        """Adds a problem at the place where its part was written."""
        origin = self._origins.get(path[:2])
        super().add_problem((*origin, *path[2:]) if origin else path, message, key=key)


@dataclass(frozen=True)
class MergedPreset:
    """A preset with its scenes merged.

    Attributes:
        document, entries: of the whole; those of the preset itself where it has no scenes.
        scenes: as they were written, in the order of the file.
        scene_of: by output of a single scene, that scene.
        common: instruments that the preset lists outside of its scenes.
    """

    document: Document
    entries: PresetFile
    scenes: Mapping[str, SceneEntry] = field(default_factory=dict)
    scene_of: Mapping[str, str] = field(default_factory=dict)
    common: frozenset[str] = frozenset()


def merged_scenes(document: Document, entries: PresetFile) -> MergedPreset:
    """Merges the scenes of a preset; names that are used twice are problems of the document."""
    if not entries.scenes:
        return MergedPreset(document, entries)
    scenes = {name: entry or SceneEntry() for name, entry in entries.scenes.items()}
    outputs, instruments = dict(entries.outputs), dict(entries.instruments)
    idle = dict(entries.idle.model_extra or {})
    scene_of: dict[str, str] = {}
    data: dict[str, Value] = {**document.data, **{part: dict(_keys(document.data.get(part))) for part in _MERGED}}
    origins: dict[KeyPath, KeyPath] = {}
    for name, scene in scenes.items():
        for output, entry in scene.outputs.items():
            if output in outputs:
                where = f"of the scene '{scene_of[output]}'" if output in scene_of else "of all scenes"
                sentence = f"'{output}' is an output {where} already; a name is used once, so choose another one"
                document.add_problem(("scenes", name, "outputs", output), sentence, key=True)
            else:
                outputs[output], scene_of[output] = entry, name
        instruments |= {key: entry for key, entry in scene.instruments.items() if key not in instruments}
        for output, value in scene.idle.items():
            if scene_of.get(output) == name:
                idle[output] = value
            elif output not in _keys(_part(document, name).get("outputs")):
                sentence = f"'{output}' is not an output of this scene. Allowed: {', '.join(scene.outputs) or 'none'}"
                document.add_problem(("scenes", name, "idle", output), sentence, key=True)
        _merge_data(data, origins, _part(document, name), name)
    whole_idle = type(entries.idle)(after=entries.idle.after, glide=entries.idle.glide, **idle)
    whole = entries.model_copy(update={"outputs": outputs, "instruments": instruments, "idle": whole_idle})
    common = frozenset(_keys(document.data.get("instruments")))
    return MergedPreset(MergedDocument(document, data, origins), whole, scenes, scene_of, common)


def _merge_data(
    data: dict[str, Value], origins: dict[KeyPath, KeyPath], written: Mapping[str, Value], scene: str
) -> None:
    """Adds what was written in one scene, right or wrong, to the contents of the whole."""
    for section in _MERGED:
        whole = _keys(data[section])
        for key, value in _keys(written.get(section)).items():
            if key not in whole:
                whole[key] = value
                origins[section, key] = ("scenes", scene, section, key)


def _part(document: Document, scene: str) -> dict[str, Value]:
    return _keys(_keys(document.data.get("scenes")).get(scene))


def _keys(value: Value) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}
