"""The Max patch of examples/, written from the table. Objects of Max itself, no packages."""

from __future__ import annotations

import itertools
import json
from typing import Final

from tools.example_table import (
    ANSWERS,
    BUTTONS,
    FEATURES,
    HOST,
    OUTPUTS,
    PORT,
    RATE_HZ,
    REPEAT_MS,
    WHAT,
    feature_address,
    output_address,
)

OWN_PORT: Final = 9011
Box = dict[str, object]
OBJECTS: Final[dict[str, tuple[int, tuple[str, ...]]]] = {
    "udpreceive": (1, ("",)),
    "udpsend": (1, ()),
    "loadbang": (1, ("bang",)),
    "metro": (2, ("bang",)),
    "print": (1, ()),
    "pack": (2, ("",)),
    "line~": (2, ("signal", "bang")),
    "cycle~": (2, ("signal",)),
    "*~": (2, ("signal",)),
    "dbtoa": (1, ("",)),
    "*": (2, ("float",)),
    "-": (2, ("float",)),
}
"""Inlets and types of outlets of each object that has always the same ones; `route` has one more than arguments."""
_INTERFACE: Final[dict[str, tuple[int, tuple[str, ...]]]] = {
    "comment": (1, ()),
    "message": (2, ("",)),
    "flonum": (1, ("", "bang")),
    "number": (1, ("", "bang")),
    "button": (1, ("bang",)),
    "toggle": (1, ("int",)),
    "ezdac~": (2, ()),
}


class Patcher:
    """A patcher in the making."""

    def __init__(self) -> None:
        self.boxes: list[Box] = []
        self.lines: list[Box] = []

    def add(self, kind: str, x: int, y: int, text: str = "", width: int = 0) -> str:
        """Adds a box of this class, `newobj` for an object; returns its id."""
        own_id = f"obj-{len(self.boxes) + 1}"
        name, *arguments = text.split() or [""]
        if kind == "newobj" and name == "route":
            inlets, outlets = len(arguments) + 1, ("",) * (len(arguments) + 1)
        elif kind == "newobj" and name == "unpack":
            inlets, outlets = 1, ("",) * len(arguments)
        else:
            inlets, outlets = OBJECTS[name] if kind == "newobj" else _INTERFACE[kind]
        box: Box = {
            "id": own_id,
            "maxclass": kind,
            "numinlets": inlets,
            "numoutlets": len(outlets),
            "patching_rect": [float(x), float(y), float(width or max(50, 7 * len(text) + 12)), 22.0],
        }
        if outlets:
            box["outlettype"] = list(outlets)
        if text:
            box["text"] = text
        self.boxes.append({"box": box})
        return own_id

    def connect(self, source: str, outlet: int, target: str, inlet: int = 0) -> None:
        """Adds a cord."""
        self.lines.append({"patchline": {"source": [source, outlet], "destination": [target, inlet]}})

    def chain(self, *boxes: str) -> None:
        """Cords from the first outlet of each to the first inlet of the next."""
        for source, target in itertools.pairwise(boxes):
            self.connect(source, 0, target)

    def text(self) -> str:
        """The file."""
        patcher = {
            "fileversion": 1,
            "appversion": {"major": 8, "minor": 5, "revision": 0, "architecture": "x64", "modernui": 1},
            "classnamespace": "box",
            "rect": [60.0, 90.0, 1240.0, 640.0],
            "bglocked": 0,
            "openinpresentation": 0,
            "default_fontsize": 12.0,
            "default_fontname": "Arial",
            "gridsize": [15.0, 15.0],
            "boxes": self.boxes,
            "lines": self.lines,
        }
        return json.dumps({"patcher": patcher}, indent=1) + "\n"


def max_patch() -> str:
    """The whole patch, as a file."""
    patcher = Patcher()
    patcher.add(
        "comment", 20, 15, "Gesture Synth: what it hears and sees, and its buttons. Start gesturesynth run first."
    )
    send = patcher.add("newobj", 960, 560, f"udpsend {HOST} {PORT}")
    metro = patcher.add("newobj", 20, 80, f"metro {REPEAT_MS}")
    wish = patcher.add("message", 20, 110, f"/gesturesynth/subscribe {OWN_PORT} {RATE_HZ} {WHAT}+answers")
    patcher.chain(
        patcher.add("newobj", 20, 50, "loadbang"), patcher.add("toggle", 100, 50, width=24), metro, wish, send
    )
    patcher.add("comment", 960, 45, "Commands:")
    for row, button in enumerate(BUTTONS):
        y = 75 + 55 * row
        press = patcher.add("button", 960, y, width=24)
        patcher.add("comment", 995, y, button.label)
        value = "" if button.value is None else f" {button.value}"
        patcher.chain(press, patcher.add("message", 960, y + 27, f"{button.address}{value}"), send)
    pitch, level, present = _receiving(patcher)
    _sound(patcher, pitch, level, present)
    return patcher.text()


def _receiving(patcher: Patcher) -> tuple[str, str, str]:
    """What comes, in number boxes; returns those of the first two outputs, and of whether a person is there."""
    addresses = [*map(output_address, OUTPUTS), *map(feature_address, FEATURES)]
    plain = ["/gesturesynth/present", "/gesturesynth/people"]
    others = ["/gesturesynth/class", *(f"/gesturesynth/{name}" for name in ANSWERS)]
    receive = patcher.add("newobj", 20, 160, f"udpreceive {OWN_PORT}")
    values = patcher.add("newobj", 20, 190, "route " + " ".join(addresses), 850)
    more = patcher.add("newobj", 20, 330, "route " + " ".join((*plain, *others)), 850)
    patcher.chain(receive, values)
    patcher.connect(values, len(addresses), more)
    boxes = []
    for column, address in enumerate(addresses):
        boxes.append(patcher.add("flonum", 20 + 150 * column, 230, width=90))
        patcher.connect(values, column, boxes[-1])
        patcher.add("comment", 20 + 150 * column, 255, address.rpartition("/")[2], 140)
    for column, address in enumerate(plain):
        boxes.append(patcher.add("number", 20 + 150 * column, 370, width=60))
        patcher.connect(more, column, boxes[-1])
        patcher.add("comment", 20 + 150 * column, 395, address.rpartition("/")[2])
    for column, address in enumerate(others, len(plain)):
        x = 20 + 150 * column
        shown = patcher.add("newobj", x, 370, f"print {address.strip('/').replace('/', '-')}", 112)
        patcher.connect(more, column, shown)
    return boxes[0], boxes[1], boxes[len(addresses)]


def _sound(patcher: Patcher, pitch: str, level: str, present: str) -> None:
    """A sine that follows the first output in hertz and the second in decibels, less 10; silent without a person."""
    tone = [
        patcher.add("newobj", 20, 430 + 30 * row, text) for row, text in enumerate(("pack 0. 40", "line~", "cycle~"))
    ]
    texts = ("- 10.", "dbtoa", "* 0.", "pack 0. 40", "line~")
    loud = [patcher.add("newobj", 160, 430 + 30 * row, text) for row, text in enumerate(texts)]
    product, out = patcher.add("newobj", 20, 550, "*~"), patcher.add("ezdac~", 20, 580, width=45)
    patcher.chain(pitch, *tone, product, out)
    patcher.chain(level, *loud)
    patcher.connect(present, 0, loud[2], 1)
    patcher.connect(loud[-1], 0, product, 1)
    patcher.connect(product, 0, out, 1)
    patcher.add("comment", 80, 585, "Switch the sound on here.")
