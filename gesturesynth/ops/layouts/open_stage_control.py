"""A layout as a session of Open Stage Control: JSON, as that program saves it (version 1). Pure.

The names of widgets and properties are those of its documentation.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from gesturesynth.control.command_table import ADDRESS
from gesturesynth.ops.layouts.controls import Control, ControlPage, Fader, Toggle

VERSION: Final = "1.26.0"
"""Of the format: sessions of older ones are converted when they are opened."""
RATE_HZ: Final = 20
REPEAT_MS: Final = 5000
COLUMNS: Final = 6


def session(name: str, pages: Iterable[ControlPage], target: str) -> str:
    """The text of the file.

    Args:
        name: of the preset.
        pages: of the layout.
        target: where OSC is sent: `127.0.0.1:9000`.
    """
    tabs = [_tab(page, target) for page in pages]
    root = {
        "type": "root",
        "id": "root",
        "comments": f"Gesture Synth: {_inert(name)}",
        "target": target,
        "tabs": tabs,
    }
    made = {"createdWith": "Open Stage Control", "version": VERSION, "type": "session", "content": root}
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _tab(page: ControlPage, target: str) -> dict[str, Any]:
    key = page.title.lower()
    widgets = [_widget(control, f"{key} {number}", target) for number, control in enumerate(page.controls, 1)]
    if any(isinstance(control, Fader) and control.shown for control in page.controls):
        widgets.insert(0, _follow(target))
    return {
        "type": "tab",
        "id": key,
        "label": page.title,
        "layout": "grid",
        "gridTemplate": COLUMNS,
        "padding": 8,
        "widgets": widgets,
    }


def _widget(control: Control, name: str, target: str) -> dict[str, Any]:
    common = {"id": name, "address": control.address, "target": target, "height": 80}
    if isinstance(control, Fader):
        return common | _fader(control)
    button = common | {"type": "button", "label": _inert(control.label)}
    before = list(control.values)
    if isinstance(control, Toggle):
        tags = "".join(map(_tag, (*before, 1)))
        mode = "push" if control.held else "toggle"
        start = {} if control.held else {"default": int(control.on)}
        return button | {"mode": mode, "preArgs": before, "on": 1, "off": 0, "typeTags": tags} | start
    if not before:
        return button | {"mode": "momentary"}
    *first, last = before
    return button | {"mode": "tap", "preArgs": first, "on": last, "typeTags": "".join(map(_tag, before))}


def _fader(control: Fader) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "fader",
        "html": f"{control.label} {f'({control.unit})' if control.unit else ''}".strip(),
        "horizontal": True,
        "design": "compact",
        "range": {"min": control.low, "max": control.high},
        "typeTags": "f",
        "decimals": 3,
    }
    if control.shown:
        return made | {"interaction": False, "bypass": True}
    return made if control.start is None else made | {"default": control.start}


def _follow(target: str) -> dict[str, Any]:
    """A switch that subscribes to outputs: scripts of this program may send only what a person has asked for."""
    arguments = f"{{type: 'i', value: 0}}, {{type: 'f', value: {RATE_HZ}}}, {{type: 's', value: 'outputs'}}"
    subscribe = f"send('{target}', '{ADDRESS}subscribe', {arguments})"
    script = f"if (value) {{ {subscribe}; setInterval(() => {subscribe}, {REPEAT_MS}) }} else {{ clearInterval() }}"
    return {
        "type": "button",
        "id": "follow outputs",
        "label": "follow outputs",
        "mode": "toggle",
        "bypass": True,
        "height": 80,
        "onValue": script,
    }


def _inert(text: str) -> str:
    """A text of a preset, so that it runs nothing: that program evaluates `#{...}` and `JS{...}` in every property."""
    return text.translate({ord("{"): "(", ord("}"): ")"})


def _tag(value: str | int) -> str:
    return "s" if isinstance(value, str) else "i"
