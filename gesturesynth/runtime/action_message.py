"""What the conductor sends to the processes that carry out the actions of a preset."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from gesturesynth.runtime.piece_state import PieceState

EventKind = Literal["entered", "left", "performed", "struck", "comes", "goes", "scene"]
"""A class is entered or left, a gesture was performed, a trigger was struck, a person comes or goes, a scene begins."""


KEYBOARD_NAME: Final = "Gesture Synth keys"
"""By which other programs know the keyboard that actions press."""


class ActionEvent(msgspec.Struct, frozen=True):
    """Something that may happen in a piece.

    Attributes:
        kind: what.
        name: of the class, the gesture, the trigger (`instrument.trigger`) or the scene; empty for any scene, and for
            persons.
    """

    kind: EventKind
    name: str = ""


class OscAction(msgspec.Struct, frozen=True, tag="osc"):
    """One OSC message.

    Attributes:
        host: an IPv4 address; port: UDP.
        address: its OSC address.
        arguments: a text may hold placeholders (`actions/template.py`); one that is a placeholder alone is sent as the
            value itself.
    """

    host: str
    port: int
    address: str
    arguments: tuple[int | float | str, ...] = ()


class HttpAction(msgspec.Struct, frozen=True, tag="http"):
    """One request to a web server.

    Attributes:
        url: may hold placeholders behind its host.
        method: how.
        body: with placeholders; only for POST. content_type: what the body is.
    """

    url: str
    method: Literal["GET", "POST"] = "GET"
    body: str = ""
    content_type: str = "application/json"


class KeyAction(msgspec.Struct, frozen=True, tag="key"):
    """One key that is pressed and released: its name as in settings, `RIGHT` or `SHIFT+A`."""

    key: str


class MidiAction(msgspec.Struct, frozen=True, tag="midi"):
    """One MIDI message, or a note with its end; sent by the process `midi`.

    Attributes:
        kind: which message; `number` of the note, the controller or the program, 0..127.
        value: the velocity of a note, 1..127, or the value of a controller, 0..127.
        source: the output whose range is spread over these values; or empty.
        length_s: of a note, seconds.
        channel: 1..16; 0 for that of the voice.
    """

    kind: Literal["note", "control", "program"]
    number: int
    value: int = 127
    source: str = ""
    length_s: float = 0.1
    channel: int = 0


class ActionSetup(msgspec.Struct, frozen=True):
    """One action of a preset.

    Attributes:
        name: unique within the preset.
        when: what brings it about, each of these.
        does: all that is sent then.
        rest_s: after it was carried out it is not carried out again for so long.
    """

    name: str
    when: tuple[ActionEvent, ...]
    does: tuple[OscAction | HttpAction | KeyAction | MidiAction, ...]
    rest_s: float


class ActionsMessage(msgspec.Struct, frozen=True):
    """What the piece does now, and what is to be done about it. Sent at every tick while there is a subscriber."""

    state: PieceState
    actions: tuple[ActionSetup, ...] = ()
