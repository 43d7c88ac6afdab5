"""A layout as a file of TouchOSC: XML, compressed by zlib. Pure.

The format is not published; elements and properties are those that its editor writes (version 6 of the format). All of
them are written, because a missing property counts as 0 there.
"""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from gesturesynth.control.command_table import ADDRESS
from gesturesynth.ops.layouts.controls import Control, ControlPage, Fader, Press, Toggle

WIDTH, HEIGHT, TABS = 1024, 768, 40
GAP, COLUMNS, ROWS = 8, 6, 6
"""Of a page: controls to the right and down; where there are more, they get lower."""
MOST: Final = 12 * COLUMNS
"""Controls of a page; the rest are on pages of their own, or no finger would find them."""
NAMESPACE: Final = uuid.UUID("6f0b9e53-6a35-4b0f-9d1c-5d6d6b1c7a10")
"""Of the ids of controls, so that the same preset gives the same file."""
DARK, BLUE, GREEN, GREY = "0.1 0.1 0.12", "0.2 0.45 0.8", "0.2 0.6 0.4", "0.35 0.35 0.4"
SCRIPT: Final = f"""\
local due = 0
function update()
  if getMillis() >= due then
    due = getMillis() + 5000
    local what = {{{{tag = 'i', value = 0}}, {{tag = 'f', value = 20}}, {{tag = 's', value = 'outputs'}}}}
    sendOSC({{'{ADDRESS}subscribe', what}})
  end
end
function onReceiveOSC(message, connections)
  if message[1] == '{ADDRESS}confirm' then
    sendOSC({{message[1], {{{{tag = 'i', value = message[2][1].value}}}}}})
  end
end
"""
"""In Lua, as TouchOSC runs it: subscribes to the outputs again and again, and proves that they arrive."""

Frame = tuple[float, float, float, float]


def layout(name: str, pages: Iterable[ControlPage]) -> bytes:
    """The bytes of the file.

    Args:
        name: of the preset.
        pages: of the layout.
    """
    return zlib.compress(layout_xml(name, pages).encode())


def layout_xml(name: str, pages: Iterable[ControlPage]) -> str:
    """The XML of the file."""
    children = "".join(_page(title, controls) for page in pages for title, controls in _parts(page))
    whole = (0, 0, WIDTH, HEIGHT)
    properties = _properties("pages", whole, DARK, touched=True) + _property("i", "orientation", "0")
    properties += _property("b", "tabLabels", "1") + _property("b", "tabbar", "1")
    properties += _property("b", "tabbarDoubleTap", "0")
    properties += _property("i", "tabbarSize", str(TABS))
    properties += _property("i", "textSizeOff", "14") + _property("i", "textSizeOn", "14")
    pager = _node("PAGER", "pages", properties, _value("page", "0") + _value("touch", "false"), children=children)
    outer = _properties(name, whole, DARK) + _property("i", "orientation", "0")
    outer += _property("s", "script", _cdata(SCRIPT))
    root = _node("GROUP", "root", outer, _value("touch", "false"), children=pager)
    return f"<?xml version='1.0' encoding='UTF-8'?><lexml version='6'>{root}</lexml>"


def _parts(page: ControlPage) -> Iterator[tuple[str, Sequence[Control]]]:
    """A page, or as many as its controls need: title and controls of each."""
    for begin in range(0, len(page.controls), MOST):
        number = begin // MOST + 1
        yield f"{page.title} {number}" if number > 1 else page.title, page.controls[begin : begin + MOST]


def _page(title: str, controls: Sequence[Control]) -> str:
    properties = _properties(title, (0, TABS, WIDTH, HEIGHT - TABS), DARK) + _property("i", "orientation", "0")
    properties += _colour("tabColorOff", GREY) + _colour("tabColorOn", BLUE)
    properties += _property("s", "tabLabel", _cdata(title))
    properties += _colour("textColorOff", "1 1 1") + _colour("textColorOn", "1 1 1")
    frames = _frames(len(controls))
    children = "".join(
        _control(control, frame, f"{title}/{number}")
        for number, (control, frame) in enumerate(zip(controls, frames, strict=True))
    )
    return _node("GROUP", title, properties, _value("touch", "false"), children=children)


def _frames(count: int) -> Iterator[Frame]:
    """Where each control of a page is."""
    rows = max(ROWS, -(-count // COLUMNS))
    width, height = (WIDTH - GAP) / COLUMNS, (HEIGHT - TABS - GAP) / rows
    for number in range(count):
        row, column = divmod(number, COLUMNS)
        x, y = GAP + column * width, GAP + row * height
        yield round(x), round(y), round(width - GAP), round(height - GAP)


def _control(control: Control, frame: Frame, key: str) -> str:
    """A control, and a label on it that lets touches through."""
    text = control.label
    if isinstance(control, Fader):
        text += f" ({control.unit})" * bool(control.unit)
        made = _fader(control, frame, key)
    else:
        made = _button(control, frame, key)
    return made + _label(text, frame, f"{key} label")


def _button(control: Press | Toggle, frame: Frame, key: str) -> str:
    toggles = isinstance(control, Toggle)
    kind = 2 if isinstance(control, Toggle) and not control.held else 0
    properties = _properties(control.label, frame, GREEN if toggles else BLUE, touched=True, focus=True)
    properties += _property("i", "orientation", "0")
    properties += (
        _property("i", "buttonType", str(kind)) + _property("b", "press", "1") + _property("b", "release", "1")
    )
    properties += _property("b", "valuePosition", "0")
    arguments = "".join(
        _partial("CONSTANT", "STRING" if isinstance(value, str) else "INTEGER", str(value)) for value in control.values
    )
    if toggles:
        arguments += _partial("VALUE", "INTEGER", "x")
    message = _message(control.address, arguments, "ANY" if toggles else "RISE", receives=False)
    start = "1" if isinstance(control, Toggle) and control.on and not control.held else "0"
    return _node("BUTTON", key, properties, _value("x", start) + _value("touch", "false"), messages=message)


def _fader(control: Fader, frame: Frame, key: str) -> str:
    properties = _properties(
        control.label, frame, GREY if control.shown else BLUE, touched=not control.shown, focus=True
    )
    properties += _property("i", "orientation", "1")  # to the right
    properties += _property("b", "bar", "1") + _property("i", "barDisplay", "0") + _property("b", "cursor", "1")
    properties += _property("i", "cursorDisplay", "0") + _property("b", "grid", "0") + _colour("gridColor", "0 0 0")
    properties += _property("i", "gridSteps", "10") + _property("i", "response", "0")
    properties += _property("i", "responseFactor", "100")
    place = 0.0 if control.start is None else (control.start - control.low) / (control.high - control.low)
    argument = _partial("VALUE", "FLOAT", "x", control.low, control.high)
    message = _message(control.address, argument, "ANY", sends=not control.shown, receives=control.shown)
    return _node("FADER", key, properties, _value("x", f"{place:.6g}") + _value("touch", "false"), messages=message)


def _label(text: str, frame: Frame, key: str) -> str:
    properties = _properties(text, frame, DARK, background=False) + _property("i", "orientation", "0")
    properties += _property("i", "font", "0") + _property("i", "textAlignH", "2") + _property("i", "textAlignV", "2")
    properties += _property("b", "textClip", "1") + _colour("textColor", "1 1 1") + _property("i", "textLength", "0")
    properties += _property("i", "textSize", "14")
    return _node("LABEL", key, properties, _value("text", text) + _value("touch", "false"))


# ---------------------------------------------------------------------------------------------------------- the format
def _node(kind: str, key: str, properties: str, values: str, *, messages: str = "", children: str = "") -> str:
    parts = f"<properties>{properties}</properties><values>{values}</values>"
    parts += f"<messages>{messages}</messages>" if messages else ""
    parts += f"<children>{children}</children>" if children else ""
    return f"<node ID='{uuid.uuid5(NAMESPACE, key)}' type='{kind}'>{parts}</node>"


def _properties(
    name: str, frame: Frame, colour: str, *, touched: bool = False, focus: bool = False, background: bool = True
) -> str:
    """Those that every control has; `frame` is x, y, width and height in its parent. `touched`: it takes touches."""
    x, y, width, height = frame
    place = f"<x>{x:g}</x><y>{y:g}</y><w>{width:g}</w><h>{height:g}</h>"
    whether = (
        ("background", background),
        ("grabFocus", focus),
        ("interactive", touched),
        ("locked", False),
        ("outline", background),
        ("visible", True),
    )
    numbers = (("outlineStyle", 0), ("pointerPriority", 0), ("shape", 1))
    return "".join(
        (
            *(_property("b", key, str(int(value))) for key, value in whether),
            *(_property("i", key, str(value)) for key, value in numbers),
            _property("f", "cornerRadius", "4"),
            _property("r", "frame", place),
            _colour("color", colour),
            _property("s", "name", _cdata(name)),
        )
    )


def _property(kind: str, key: str, value: str) -> str:
    return f"<property type='{kind}'><key>{_cdata(key)}</key><value>{value}</value></property>"


def _colour(key: str, colour: str) -> str:
    red, green, blue = colour.split()
    return _property("c", key, f"<r>{red}</r><g>{green}</g><b>{blue}</b><a>1</a>")


def _value(key: str, start: str) -> str:
    return (
        f"<value><key>{_cdata(key)}</key><locked>0</locked><lockedDefaultCurrent>0</lockedDefaultCurrent>"
        f"<default>{_cdata(start)}</default><defaultPull>0</defaultPull></value>"
    )


def _message(address: str, arguments: str, when: str, *, sends: bool = True, receives: bool = True) -> str:
    return (
        f"<osc><enabled>1</enabled><send>{int(sends)}</send><receive>{int(receives)}</receive><feedback>0</feedback>"
        "<noDuplicates>0</noDuplicates><connections>1111111111</connections>"
        f"<triggers><trigger><var>{_cdata('x')}</var><condition>{when}</condition></trigger></triggers>"
        f"<path>{_partial('CONSTANT', 'STRING', address)}</path><arguments>{arguments}</arguments></osc>"
    )


def _partial(kind: str, conversion: str, value: str, low: float = 0.0, high: float = 1.0) -> str:
    return (
        f"<partial><type>{kind}</type><conversion>{conversion}</conversion><value>{_cdata(value)}</value>"
        f"<scaleMin>{low:g}</scaleMin><scaleMax>{high:g}</scaleMax></partial>"
    )


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
