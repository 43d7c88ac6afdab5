"""The commands that play another preset, and another scene of the one that plays."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

from gesturesynth.control.commands import Call
from gesturesynth.control.session.context import SessionContext
from gesturesynth.control.session.events import ChangePreset, ChangeScene, Cue, Event, ShowMessage

SCENE: Final = "scene"
_STEPS: Final = {"next": 1, "previous": -1}


def change_preset(name: str, step: int) -> Iterable[Event]:
    """Plays the preset of this name; with a step, the one so many places further, `next` or `previous`."""
    yield ChangePreset(name, step)
    yield Cue("selected")
    yield ShowMessage(f"Changing to {name if step == 0 else f'the {name} preset'}.")


def change_scene(call: Call, context: SessionContext) -> Iterable[Event]:
    """Plays the scene that is named, or the next."""
    name = _wanted(call, context)
    yield ChangeScene(name)
    yield Cue("selected")
    again = " already" if name == context.scene else ""
    yield ShowMessage(f"The scene '{name}' plays{again}.")


def scene_refusal(call: Call, context: SessionContext) -> str:
    """Why the command cannot be carried out; empty when it can, or when it is another one."""
    if call.command != SCENE or _wanted(call, context):
        return ""
    if not context.scenes:
        return "This preset has no scenes."
    near = difflib.get_close_matches(str(call.values[0]).lower(), context.scenes, 1)
    guess = f", did you mean '{near[0]}'?" if near else "."
    return f"There is no scene '{call.values[0]}' here{guess} Scenes: {', '.join(context.scenes)}."


def _wanted(call: Call, context: SessionContext) -> str:
    """The scene that is named, or that a step leads to; empty where there is none."""
    text = str(call.values[0]) if call.values else "next"
    scenes = context.scenes
    if text in _STEPS and scenes:
        here = scenes.index(context.scene) if context.scene in scenes else 0
        return scenes[(here + _STEPS[text]) % len(scenes)]
    return text if text in scenes else ""
