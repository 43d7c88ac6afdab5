"""Which takes and saved snapshots belong to the scene that plays: told by the outputs that they name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from gesturesynth.config.preset.model import Preset
from gesturesynth.mapping.examples.store import ExampleStore


def outputs_of_other_scenes(preset: Preset) -> frozenset[str]:
    """The outputs that only other scenes have; none for a whole preset."""
    if not preset.view:
        return frozenset()
    own = preset.scenes[preset.view].outputs
    return frozenset(name for scene in preset.scenes.values() for name in scene.outputs) - set(own)


def saved_snapshots(store: ExampleStore, preset: Preset) -> dict[int, dict[str, float]]:
    """The sounds that were saved in the scene, or name nothing but outputs of all scenes: number -> output -> value.

    Outputs that the preset does not have, or does not learn, are left out.
    """
    known = {output.name for output in preset.learned_outputs}
    known = set(preset.scenes[preset.view].outputs) if preset.view else known
    others = outputs_of_other_scenes(preset)
    return {
        number: {name: value for name, value in values.items() if name in known}
        for number, values in store.snapshots().items()
        if not others & values.keys()
    }


def takes_of_other_scenes(store: ExampleStore, preset: Preset) -> frozenset[int]:
    """The numbers of takes that name an output of another scene."""
    others = outputs_of_other_scenes(preset)
    return frozenset(take for take, names in store.named_outputs().items() if names & others) if others else frozenset()


def in_scene_of(preset: Preset, names: Collection[str]) -> Preset:
    """The preset as that scene has it to which these outputs belong; unchanged where they do not tell.

    Args:
        preset: the whole, or as any of its scenes has it.
        names: of outputs, such as those that a take teaches.
    """
    having = [{scene.name for scene in preset.scenes.values() if name in scene.outputs} for name in names]
    candidates = set.intersection(*having) if having else set()
    if len(candidates) != 1:
        return preset
    scene = preset.scenes[candidates.pop()]
    return replace(preset, snapshots=scene.snapshots, view=scene.name)
