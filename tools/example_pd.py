"""The Pure Data patch of examples/, written from the table. Objects of Pd itself (0.53 or newer), no externals."""

from __future__ import annotations

import itertools
from typing import Final

from tools.example_table import ANSWERS, BUTTONS, FEATURES, HOST, OUTPUTS, PORT, RATE_HZ, REPEAT_MS, WHAT

OWN_PORT: Final = 9010


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
        return "\n".join(["#N canvas 40 40 1230 670 12;", *self._objects, *self._cords]) + "\n"


def pd_patch() -> str:
    """The whole patch, as a file."""
    patch = Patch()
    patch.add("text", 20, 12, "Gesture Synth: what it hears and sees - and its buttons. Start gesturesynth run first.")
    _sending(patch)
    _subscribing(patch)
    _receiving(patch)
    _sound(patch)
    return patch.text()


def _sending(patch: Patch) -> None:
    """The buttons, and the way out; answers come at the second outlet of the socket."""
    send = patch.add("obj", 670, 560, "list prepend send")
    trim, socket = patch.add("obj", 670, 590, "list trim"), patch.add("obj", 670, 620, "netsend -u -b")
    connect = patch.add("msg", 860, 590, f"connect {HOST} {PORT}")
    patch.chain(patch.add("obj", 860, 560, "loadbang"), connect, socket)
    patch.chain(patch.add("obj", 670, 530, "r gs-packet"), send, trim, socket)
    patch.connect(socket, 1, patch.add("obj", 790, 620, "s gs-answer"))
    patch.add("text", 670, 265, "Commands:")
    for row, button in enumerate(BUTTONS):
        y = 295 + 33 * row
        label = button.label.replace(" ", "_")
        bang = patch.add("obj", 670, y, f"bng 22 250 50 0 empty empty {label} 30 11 0 12 #dfdfdf #000000 #000000")
        receive = patch.add("obj", 1075, y, f"r gs-{button.label.replace(' ', '-')}")
        value = patch.add("msg", 785, y, "bang" if button.value is None else str(button.value))
        form = "" if button.value is None else "-f i "
        address = button.address.strip("/").replace("/", " ")
        packet = patch.add("obj", 830, y, f"oscformat {form}{address}")
        patch.chain(receive, value)
        patch.chain(bang, value, packet, send)


def _subscribing(patch: Patch) -> None:
    """Says every few seconds what is wanted, and where."""
    metro = patch.add("obj", 20, 80, f"metro {REPEAT_MS}")
    wish = patch.add("msg", 20, 110, f"{OWN_PORT} {RATE_HZ} {WHAT}")
    packet = patch.add("obj", 20, 140, "oscformat -f iis gesturesynth subscribe")
    on = patch.add("msg", 20, 55, "1")
    patch.chain(patch.add("obj", 100, 55, "loadbang"), patch.add("obj", 170, 55, "delay 100"), on)
    patch.chain(on, metro, wish, packet, patch.add("obj", 20, 165, "s gs-packet"))


def _receiving(patch: Patch) -> None:
    """What comes, taken apart: number boxes, and a send object for each value."""
    kinds = ("output", "feature", "present", "people", "class", *ANSWERS)
    port = patch.add("obj", 20, 195, f"netreceive -u -b {OWN_PORT}")
    parse, trim, ours = (
        patch.add("obj", 20, 215, "oscparse"),
        patch.add("obj", 20, 240, "list trim"),
        patch.add("obj", 20, 265, "route gesturesynth"),
    )
    route = patch.add("obj", 20, 290, "route " + " ".join(kinds))
    patch.chain(port, parse, trim, ours, route)
    patch.chain(patch.add("obj", 180, 215, "r gs-answer"), parse)
    for x, kind, names in ((20, "output", OUTPUTS), (230, "feature", FEATURES)):
        own = patch.add("obj", x, 345 if kind == "output" else 375, "route " + " ".join(names))
        patch.connect(route, kinds.index(kind), own)
        for row, name in enumerate(names):
            box = patch.add("floatatom", x, 405 + 50 * row, f"9 0 0 1 {name} - - 0")
            sender = patch.add("obj", x, 425 + 50 * row, f"s gs-{kind}-{name}")
            patch.connect(own, row, box)
            patch.connect(box, 0, sender)
    for column, name in enumerate(("present", "people")):
        box = patch.add("floatatom", 20 + 110 * column, 575, f"5 0 0 1 {name} - - 0")
        patch.connect(route, kinds.index(name), box)
        patch.connect(box, 0, patch.add("obj", 20 + 110 * column, 600, f"s gs-{name}"))
    as_list = patch.add("obj", 240, 550, "list")
    split = patch.add("obj", 240, 575, "unpack s f")
    patch.connect(route, kinds.index("class"), as_list)
    patch.chain(as_list, split, patch.add("obj", 240, 600, "s gs-class"))
    for answer in ANSWERS:
        y = 550 + 25 * ANSWERS.index(answer)
        printer = patch.add("obj", 370, y + 25, f"print gesturesynth-{answer}")
        if answer == "ack":  # the subscription is acknowledged every few seconds
            others = patch.add("obj", 370, y - 5, "route /gesturesynth/subscribe")
            patch.connect(route, kinds.index(answer), others)
            patch.connect(others, 1, printer)
        else:
            patch.connect(route, kinds.index(answer), printer)


def _sound(patch: Patch) -> None:
    """A sine that follows the first output in hertz and the second in decibels, less 10; silent without a person."""
    x, y = 670, 70
    patch.add("text", x, y - 20, "Sound (switch DSP on):")
    pitch, tone = patch.add("obj", x, y, f"r gs-output-{OUTPUTS[0]}"), patch.add("obj", x, y + 75, "osc~")
    ramp, line = patch.add("obj", x, y + 25, "pack f 40"), patch.add("obj", x, y + 50, "line~")
    patch.chain(pitch, ramp, line, tone)
    level = patch.add("obj", x + 180, y, f"r gs-output-{OUTPUTS[1]}")
    loud = [patch.add("obj", x + 180, y + 25 * row, text) for row, text in enumerate(("+ 90", "dbtorms"), 1)]
    present = patch.add("obj", x + 320, y, "r gs-present")
    gate = patch.add("obj", x + 180, y + 75, "* 0")
    gain, volume = patch.add("obj", x + 180, y + 100, "pack f 40"), patch.add("obj", x + 180, y + 125, "line~")
    patch.chain(level, *loud, gate, gain, volume)
    patch.connect(present, 0, gate, 1)
    product, out = patch.add("obj", x, y + 150, "*~"), patch.add("obj", x, y + 180, "dac~")
    patch.chain(tone, product, out)
    patch.connect(volume, 0, product, 1)
    patch.connect(product, 0, out, 1)
