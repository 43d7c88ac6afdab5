"""The binary form of a graph of scsynth, SynthDef version 2, written without sclang.

The format is that of SuperCollider's "Synth Definition File Format" (its reference documentation): big-endian numbers,
names with a length byte, then constants, parameters and unit generators in the order in which they are computed.

    graph = SynthDef("beep", {"freq": 440.0})
    graph.out(graph.ar("SinOsc", graph["freq"], 0.0) * 0.1)
    content = graph.encoded()
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

BINARY: Final = {"+": 0, "-": 1, "*": 2, "/": 4, "<": 8, ">": 9, "min": 12, "max": 13, "pow": 25}
UNARY: Final = {"abs": 5, "floor": 8, "sqrt": 14, "dbamp": 21, "log2": 26, "sin": 28, "tanh": 36}
"""Special indices of the operators, from the same documentation."""

SCALAR, CONTROL, AUDIO = 0, 1, 2
"""The rates: once, once for each block, each sample."""


@dataclass(frozen=True)
class Port:
    """One output of a unit generator, which Python calculates with."""

    graph: SynthDef
    unit: int
    output: int
    rate: int

    def __add__(self, other: Input) -> Port:
        return self.graph.binary("+", self, other)

    __radd__ = __add__

    def __sub__(self, other: Input) -> Port:
        return self.graph.binary("-", self, other)

    def __rsub__(self, other: float) -> Port:
        return self.graph.binary("-", other, self)

    def __mul__(self, other: Input) -> Port:
        return self.graph.binary("*", self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Input) -> Port:
        return self.graph.binary("/", self, other)

    def __pow__(self, other: Input) -> Port:
        return self.graph.binary("pow", self, other)

    def __rpow__(self, other: float) -> Port:
        return self.graph.binary("pow", other, self)

    def clip(self, low: Input, high: Input) -> Port:
        """Held between two values."""
        return self.graph.unit("Clip", self.rate, self, low, high)

    def unary(self, name: str) -> Port:
        """One of UNARY."""
        return self.graph.unit("UnaryOpUGen", self.rate, self, special=UNARY[name])


Input: TypeAlias = Port | float


class SynthDef:
    """A graph under construction.

    Args:
        name: of the definition.
        parameters: start values by name; all at control rate, behind a lag as long as a glide.
    """

    def __init__(self, name: str, parameters: Mapping[str, float], lag_s: float = 0.1) -> None:
        self.name = name
        self._parameters = dict(parameters)
        self._constants: list[float] = []
        self._units: list[bytes] = []
        count = len(self._parameters)
        self._controls: dict[str, Port] = {}
        if count:
            self._append("Control", CONTROL, (), count, 0)
            raw = {name: Port(self, 0, number, CONTROL) for number, name in enumerate(self._parameters)}
            self._controls = {name: self.kr("Lag", port, lag_s) for name, port in raw.items()}

    def __getitem__(self, name: str) -> Port:
        return self._controls[name]

    def ar(self, kind: str, *inputs: Input) -> Port:
        """A unit generator of one output that computes each sample."""
        return self.unit(kind, AUDIO, *inputs)

    def kr(self, kind: str, *inputs: Input) -> Port:
        """A unit generator of one output that computes once for each block."""
        return self.unit(kind, CONTROL, *inputs)

    def unit(self, kind: str, rate: int, *inputs: Input, special: int = 0) -> Port:
        """A unit generator of one output."""
        return Port(self, self._append(kind, rate, inputs, 1, special), 0, rate)

    def many(self, kind: str, outputs: int, *inputs: Input) -> list[Port]:
        """A unit generator of several outputs that computes each sample."""
        made = self._append(kind, AUDIO, inputs, outputs, 0)
        return [Port(self, made, number, AUDIO) for number in range(outputs)]

    def binary(self, operator: str, left: Input, right: Input) -> Port:
        """One of BINARY, at the higher rate of both."""
        rate = max(one.rate for one in (left, right) if isinstance(one, Port))
        return self.unit("BinaryOpUGen", rate, left, right, special=BINARY[operator])

    def total(self, ports: Sequence[Port]) -> Port:
        """The sum."""
        made = ports[0]
        for port in ports[1:]:
            made = made + port
        return made

    def out(self, *sides: Input) -> None:
        """Sends the sides to the outputs from the first one on."""
        self._append("Out", AUDIO, (0.0, *sides), 0, 0)

    def encoded(self) -> bytes:
        """The definition as a file of one."""
        parts = [b"SCgf", struct.pack(">ih", 2, 1), _name(self.name)]
        parts += [struct.pack(f">i{len(self._constants)}f", len(self._constants), *self._constants)]
        values = self._parameters.values()
        parts += [struct.pack(f">i{len(values)}f", len(values), *values), struct.pack(">i", len(values))]
        parts += [_name(name) + struct.pack(">i", number) for number, name in enumerate(self._parameters)]
        return b"".join([*parts, struct.pack(">i", len(self._units)), *self._units, struct.pack(">h", 0)])

    def _append(self, kind: str, rate: int, inputs: Sequence[Input], outputs: int, special: int) -> int:
        head = _name(kind) + struct.pack(">biih", rate, len(inputs), outputs, special)
        ends = [self._encoded_input(one) for one in inputs]
        self._units.append(b"".join([head, *ends, bytes([rate] * outputs)]))
        return len(self._units) - 1

    def _encoded_input(self, one: Input) -> bytes:
        if isinstance(one, Port):
            return struct.pack(">ii", one.unit, one.output)
        value = float(one)
        if value not in self._constants:
            self._constants.append(value)
        return struct.pack(">ii", -1, self._constants.index(value))


def _name(text: str) -> bytes:
    content = text.encode("ascii")
    return bytes([len(content)]) + content
