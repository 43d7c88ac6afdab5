"""What a project of Wekinator is made of, once it is read. Values are as its files have them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from gesturesynth.runtime.messages import Pose

OutputKind = Literal["number", "whole", "class"]


@dataclass(frozen=True)
class ProjectOutput:
    """One output.

    Attributes:
        name: Wekinator's.
        kind: any number; whole numbers; or the number of a class, from 1.
        low, high: its range; of a class 1 and how many there are.
        soft: whether it may leave the range.
        inputs: numbers of the inputs that move it, from 1; empty for all.
        model: a kind of model of ours that does what Wekinator's did; empty for the usual one.
        neighbours: of `knn`.
    """

    name: str
    kind: OutputKind
    low: float
    high: float
    soft: bool = False
    inputs: tuple[int, ...] = ()
    model: str = ""
    neighbours: int = 1


@dataclass(frozen=True)
class ProjectTake:
    """Messages that were recorded in one go.

    Attributes:
        poses: one for each message, with its numbers as the input `wek`.
        values: of the outputs, in the order of the project; None for one that was not recorded.
        gesture: the number of a gesture, from 1; 0 where the take is for outputs.
        moving: the values at each message, where they moved; else empty.
    """

    poses: tuple[Pose, ...]
    values: tuple[float | None, ...] = ()
    gesture: int = 0
    moving: tuple[tuple[float | None, ...], ...] = ()


@dataclass
class Project:
    """A project.

    Attributes:
        name: for people.
        inputs: names of the inputs.
        address: at which they come.
        outputs: none where it is one of gestures.
        gestures: names of gestures; none where it is one of outputs.
        host, port, send_address: where outputs are sent.
        takes: what was recorded, in order.
        ranges: lowest and highest number of each input in the takes; none without takes.
        notes: sentences about what is not taken over, or otherwise than it was.
    """

    name: str
    inputs: tuple[str, ...]
    address: str
    outputs: tuple[ProjectOutput, ...]
    gestures: tuple[str, ...]
    host: str
    port: int
    send_address: str
    takes: list[ProjectTake] = field(default_factory=list)
    ranges: tuple[tuple[float, float], ...] = ()
    notes: list[str] = field(default_factory=list)
