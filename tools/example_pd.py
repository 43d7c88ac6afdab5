"""The Pure Data patch of examples/, written from the table. Objects of Pd itself (0.53 or newer), no externals."""

from __future__ import annotations

import itertools
from typing import Final

from tools.example_table import ANSWERS, BUTTONS, FEATURES, HOST, OUTPUTS, PORT, RATE_HZ, REPEAT_MS, WHAT

OWN_PORT: Final = 9010
_COLUMN: Final = 150


class Patch:
    """A patch in the making: objects with their places, and the cords between them."""

    def __init__(self) -> None:
        self._objects: list[str] = []
        self._cords: list[str] = []

    def add(self, kind: str, x: int, y: int, text: str) -> int:
        """Adds an object, a message or a text; returns its number."""
        escaped = text.replace(";", "\\;").replace(",", "\\,").replace("$", "\\$") if kind != "floatatom" else text
        self._objects.append(f"#X {kind} {x} {y} {escaped};")
        return len(self._objects) - 1

    def connect(self, source: int, outlet: int, target: int, inlet: int = 0) -> None:
        """Adds a cord."""
        self._cords.append(f"#X connect {source} {outlet} {target} {inlet};")

    def chain(self, *objects: int) -> None:
        """Cords from the first outlet of each to the first inlet of the next."""
        for source, target in itertools.pairwise(objects):
            self.connect(source, 0, target)

    def text(self) -> str:
        """The file."""
        return "\n".join(["#N canvas 60 60 980 640 12;", *self._objects, *self._cords]) + "\n"


def pd_patch() -> str:
    """The whole patch, as a file."""
    patch = Patch()
    patch.add("text", 20, 12, "Gesture Synth: what it hears and sees, and its buttons. Start `gesturesynth run` first.")
    send, socket = _sending(patch)
    _subscribing(patch, send)
    _receiving(patch, socket)
    _sound(patch)
    return patch.text()


def _sending(patch: Patch) -> tuple[int, int]:
    """The way out; returns where messages for it go, and the socket, at whose second outlet answers come."""
    trim = patch.add("obj", 700, 500, "list trim")
    socket = patch.add("obj", 700, 530, "netsend -u -b")
    connect = patch.add("msg", 820, 470, f"connect {HOST} {PORT}")
    patch.chain(patch.add("obj", 820, 440, "loadbang"), connect, socket)
    send = patch.add("obj", 700, 470, "list prepend send")
    patch.chain(send, trim, socket)
    patch.add("text", 700, 50, "Commands:")
    for row, button in enumerate(BUTTONS):
        y = 80 + 50 * row
        receive = patch.add("obj", 860, y, f"r gs-{button.label.replace(' ', '-')}")
        bang = patch.add(
            "obj", 700, y, f"bng 18 250 50 0 empty empty {button.label.replace(' ', '_')} 24 9 0 12 -1 -1 0"
        )
        value = patch.add("msg", 740, y + 20, "bang" if button.value is None else str(button.value))
        form = "" if button.value is None else "-f i "
        address = button.address.strip("/").replace("/", " ")
        packet = patch.add("obj", 780, y + 20, f"oscformat {form}{address}")
        patch.chain(receive, bang)
        patch.chain(bang, value, packet, send)
    return send, socket


def _subscribing(patch: Patch, send: int) -> None:
    """Says every few seconds what is wanted, and where."""
    metro = patch.add("obj", 20, 80, f"metro {REPEAT_MS}")
    wish = patch.add("msg", 20, 110, f"{OWN_PORT} {RATE_HZ} {WHAT}")
    packet = patch.add("obj", 20, 140, "oscformat -f iis gesturesynth subscribe")
    on = patch.add("msg", 20, 55, "1")
    patch.chain(patch.add("obj", 100, 55, "loadbang"), patch.add("obj", 170, 55, "delay 100"), on)
    patch.chain(on, metro, wish, packet, send)


def _receiving(patch: Patch, answers: int) -> None:
    """What comes, taken apart: number boxes, and a send object for each value."""
    kinds = ("output", "feature", "present", "people", "class", *ANSWERS)
    port = patch.add("obj", 20, 190, f"netreceive -u -b {OWN_PORT}")
    parse, trim, ours = (
        patch.add("obj", 20, 215, "oscparse"),
        patch.add("obj", 20, 240, "list trim"),
        patch.add("obj", 20, 265, "route gesturesynth"),
    )
    route = patch.add("obj", 20, 290, "route " + " ".join(kinds))
    patch.chain(port, parse, trim, ours, route)
    patch.connect(answers, 1, parse)
    for column, (kind, names) in enumerate((("output", OUTPUTS), ("feature", FEATURES))):
        x, y = 20 + 2 * column * _COLUMN, 340
        own = patch.add("obj", x, y, "route " + " ".join(names))
        patch.connect(route, kinds.index(kind), own)
        for row, name in enumerate(names):
            box = patch.add("floatatom", x, y + 30 + 50 * row, f"9 0 0 1 {name} - - 0")
            sender = patch.add("obj", x, y + 50 + 50 * row, f"s gs-{kind}-{name}")
            patch.connect(own, row, box)
            patch.connect(box, 0, sender)
    for column, name in enumerate(("present", "people")):
        box = patch.add("floatatom", 20 + column * _COLUMN, 555, f"5 0 0 1 {name} - - 0")
        patch.connect(route, kinds.index(name), box)
        patch.connect(box, 0, patch.add("obj", 20 + column * _COLUMN, 580, f"s gs-{name}"))
    as_list = patch.add("obj", 320, 530, "list")
    split = patch.add("obj", 320, 555, "unpack s f")
    patch.connect(route, kinds.index("class"), as_list)
    patch.chain(as_list, split, patch.add("obj", 320, 580, "s gs-class"))
    for answer in ANSWERS:
        printer = patch.add("obj", 480, 530 + 25 * ANSWERS.index(answer), f"print gesturesynth-{answer}")
        patch.connect(route, kinds.index(answer), printer)


def _sound(patch: Patch) -> None:
    """A sine that follows the first output in hertz and the second in decibels; silent while no person is there."""
    x, y = 420, 60
    patch.add("text", x, y - 20, "Sound (switch DSP on):")
    pitch, tone = patch.add("obj", x, y, f"r gs-output-{OUTPUTS[0]}"), patch.add("obj", x, y + 75, "osc~")
    ramp, line = patch.add("obj", x, y + 25, "pack f 40"), patch.add("obj", x, y + 50, "line~")
    patch.chain(pitch, ramp, line, tone)
    level = patch.add("obj", x + 120, y, f"r gs-output-{OUTPUTS[1]}")
    loud = [patch.add("obj", x + 120, y + 25 * row, text) for row, text in enumerate(("+ 100", "dbtorms"), 1)]
    present = patch.add("obj", x + 200, y, "r gs-present")
    gate = patch.add("obj", x + 120, y + 75, "* 0")
    gain, volume = patch.add("obj", x + 120, y + 100, "pack f 40"), patch.add("obj", x + 120, y + 125, "line~")
    patch.chain(level, *loud, gate, gain, volume)
    patch.connect(present, 0, gate, 1)
    product, out = patch.add("obj", x, y + 150, "*~"), patch.add("obj", x, y + 180, "dac~")
    patch.chain(tone, product, out)
    patch.connect(volume, 0, product, 1)
    patch.connect(product, 0, out, 1)
