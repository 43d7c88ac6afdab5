"""OSC methods and containers, as the OSCQuery proposal describes them in JSON. Pure.

The names of attributes are those of the proposal (github.com/Vidvox/OSCQueryProposal). An array of an attribute has one
item for each type tag of the method.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

NO_VALUE, READ, WRITE, BOTH = 0, 1, 2, 3
"""ACCESS: whether a value can be read here, and sent by OSC."""
Clip = Literal["none", "both"]
Item = int | float | str | bool | None
Values = Mapping[str, tuple[Item, ...]]
"""The values of methods that have one now, by path."""

SUPPORTED: Final = ("ACCESS", "VALUE", "RANGE", "DESCRIPTION", "UNIT", "CLIPMODE", "OVERLOADS")
"""The optional attributes that nodes here may have."""
REQUIRED: Final = ("FULL_PATH", "CONTENTS", "TYPE")
UNSUPPORTED: Final = ("TAGS", "EXTENDED_TYPE", "CRITICAL", "HTML")
"""Attributes of the proposal that no node here has."""
HOST_INFO: Final = "HOST_INFO"


@dataclass(frozen=True)
class ValueLimits:
    """The RANGE of one value.

    Attributes:
        low, high: MIN and MAX; None for none.
        choices: VALS, the only values that are accepted; None for no list.
    """

    low: float | None = None
    high: float | None = None
    choices: tuple[Item, ...] | None = None

    def json(self) -> dict[str, Any]:
        """The object for RANGE."""
        choices = None if self.choices is None else list(self.choices)
        made = {"MIN": self.low, "MAX": self.high, "VALS": choices}
        return {key: value for key, value in made.items() if value is not None}


@dataclass(frozen=True)
class Method:
    """An OSC method.

    Attributes:
        path: the address.
        type: the type tags: `f`, `i`, `s`, `T` for a switch, `I` for a message without a value.
        access: READ, WRITE or BOTH.
        description: a sentence.
        limits: one for each type tag; None where there is nothing to say. Empty where that is so for all.
        units: one for each type tag, in the words of the proposal where it has one; empty where all are plain numbers.
        clip: what happens to a number beyond its limits: `both`: it never is, or is clipped; `none`: it is refused.
        shorter: type tags of messages with fewer values, which the method takes, too.
    """

    path: str
    type: str
    access: int
    description: str
    limits: tuple[ValueLimits | None, ...] = ()
    units: tuple[str, ...] = ()
    clip: Clip = "none"
    shorter: tuple[str, ...] = ()

    def json(self, value: tuple[Item, ...] | None) -> dict[str, Any]:
        """The attributes; `value` is what it is now, where that is known and can be read."""
        made: dict[str, Any] = {
            "FULL_PATH": self.path,
            "DESCRIPTION": self.description,
            "ACCESS": self.access,
            "TYPE": self.type,
        }
        if value is not None and self.access & READ:
            made["VALUE"] = list(value)
            if self.type == "T":
                made["TYPE"] = "T" if value[0] else "F"
        made |= self._about_values(self.type)
        if self.shorter:
            made["OVERLOADS"] = [{"TYPE": tags} | self._about_values(tags) for tags in self.shorter]
        return made

    def _about_values(self, tags: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        limits = self.limits[: len(tags)]
        if tags != "I" and any(limits):
            made["RANGE"] = [one.json() if one else None for one in limits]
            made["CLIPMODE"] = [self.clip] * len(tags)
        units = self.units[: len(tags)]
        if tags != "I" and any(units):
            made["UNIT"] = list(units)
        return made


@dataclass
class _Node:
    method: Method | None = None
    children: dict[str, _Node] = field(default_factory=dict)


class Namespace:
    """All methods, and the containers that follow from their paths.

    Args:
        methods: of different paths.
        description: of the root.

    Attributes:
        methods: by path.
    """

    def __init__(self, methods: Iterable[Method], description: str) -> None:
        self.methods: dict[str, Method] = {}
        self._description = description
        self._root = _Node()
        for method in methods:
            self.methods[method.path] = method
            node = self._root
            for part in _parts(method.path):
                node = node.children.setdefault(part, _Node())
            node.method = method

    def json(self, path: str, values: Values) -> dict[str, Any] | None:
        """A node with all that it contains; None where there is none at this path."""
        parts = _parts(path)
        node = self._root
        for part in parts:
            found = node.children.get(part)
            if found is None:
                return None
            node = found
        return self._json(node, "/" + "/".join(parts), values)

    def _json(self, node: _Node, path: str, values: Values) -> dict[str, Any]:
        if node.method:
            made = node.method.json(values.get(path))
        else:
            made = {"FULL_PATH": path, "ACCESS": NO_VALUE}
            if path == "/":
                made["DESCRIPTION"] = self._description
        if node.children or not node.method:
            inside = "" if path == "/" else path
            made["CONTENTS"] = {
                name: self._json(child, f"{inside}/{name}", values) for name, child in node.children.items()
            }
        return made


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def attribute(node: Mapping[str, Any], name: str) -> dict[str, Any] | int:
    """The answer to a query for one attribute of a node: an object, or a status of HTTP that says why there is none.

    The proposal: 204 for what makes no sense here, such as the value of a method that cannot be read; 400 for an
    attribute that it does not know; an empty object for one that this node does not have.
    """
    if name in UNSUPPORTED:
        return 204
    if name not in SUPPORTED and name not in REQUIRED:
        return 400
    if name == "VALUE" and not node["ACCESS"] & READ:
        return 204
    return {name: node[name]} if name in node else {}


def host_info(name: str, osc_port: int, osc_ip: str, ws_port: int) -> dict[str, Any]:
    """The answer to a query for HOST_INFO.

    Args:
        name: of this host, for people.
        osc_port: the UDP port of OSC; 0 where it is not received.
        osc_ip: the address at which it is received; empty for the one that the query went to.
        ws_port: the TCP port of the WebSocket.
    """
    extensions = dict.fromkeys((*SUPPORTED, "LISTEN", "PATH_CHANGED", "PATH_ADDED", "PATH_REMOVED"), True)
    info: dict[str, Any] = {"NAME": name, "EXTENSIONS": extensions, "OSC_TRANSPORT": "UDP", "WS_PORT": ws_port}
    if osc_ip:
        info["OSC_IP"] = osc_ip
    return info | ({"OSC_PORT": osc_port} if osc_port else {})
