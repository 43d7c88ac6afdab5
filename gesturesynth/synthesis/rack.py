"""A rack: the instruments of one scene as one sounding graph, and the ramps that move their parameters.

All parameters of all instruments, moved or not, are elements of ONE list-valued ramp: setting a hundred of them costs
as much as setting a few one by one, and a parameter that an edited preset stops moving, or fixes at another value,
glides there without a new build of its instrument. What a scene names and this version does not have is left out, with
a sentence in `notes`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.messages import InstrumentSetup, Scene
from gesturesynth.synthesis.instruments.base import Instrument, Parameter
from gesturesynth.synthesis.pyo_loader import PyoClasses, load_pyo

if TYPE_CHECKING:
    from pyo import Dummy, PyoObject, SigTo

SHORTEST_GLIDE_S: Final = 0.005
"""A change is never faster: a step in a parameter is a click."""
LONGEST_GLIDE_S: Final = 60.0
GUARD: Final = 64.0
"""What an instrument can put out at most, +36 dBFS: keeps infinity out of everything behind it."""

Kinds = Mapping[str, type[Instrument]]
"""The instruments there are, by kind."""
Structure = tuple[tuple[str, str], ...]
"""(name, kind) of each instrument that can be built: two scenes with the same can share one rack."""


class Rack:
    """Builds the instruments of a scene in the running pyo server; the graph lives as long as the rack does.

    Args:
        scene: what to build.
        values: one for each of `scene.parameters`: where they start, without a glide.
        kinds: the instruments there are.

    Attributes:
        structure: of the scene.
        output: pyo object of four streams: left and right, guarded (always finite, within `GUARD`), and left and right
            as they came from the instruments, for a signal monitor.
        notes: sentences about what was left out.
    """

    def __init__(self, scene: Scene, values: Sequence[float], kinds: Kinds) -> None:
        pyo = load_pyo()
        self.notes: tuple[str, ...] = ()
        self.structure = structure(scene, kinds)
        self._kinds = dict(self.structure)
        self._slots: dict[str, int] = {}
        self._parameters: list[Parameter] = []
        for name, kind in self.structure:
            for parameter in kinds[kind].parameters:
                self._slots[f"{name}.{parameter.name}"] = len(self._parameters)
                self._parameters.append(parameter)
        self._moved: tuple[int | None, ...] = ()
        self._glides_s: list[float] = []
        self._targets = [parameter.default for parameter in self._parameters]
        self._sent: list[float] = []
        self._ramps: SigTo | None = None
        self._build_notes: list[str] = []
        self.retune(scene, kinds)
        self.set(values)
        ramps: list[Dummy] = []
        if self._parameters:
            self._ramps = pyo.SigTo(value=list(self._targets), time=list(self._glides_s), init=list(self._targets))
            self._sent = list(self._targets)
            ramps = [pyo.Dummy([stream]) for stream in self._ramps.getBaseObjects()]
        self._instruments: dict[str, Instrument] = {}
        for name, kind in self.structure:
            controls = {
                parameter.name: ramps[self._slots[f"{name}.{parameter.name}"]] for parameter in kinds[kind].parameters
            }
            try:
                self._instruments[name] = kinds[kind](controls)
            except Exception as error:  # noqa: BLE001 - code of one's own; whatever it raises, the others play
                reason = str(error) if isinstance(error, GestureSynthError) else f"{type(error).__name__}: {error}"
                self._build_notes.append(f"instrument '{name}' cannot be built: {reason}")
        self.notes = (*self.notes, *self._build_notes)
        self._build_output(pyo)

    def _build_output(self, pyo: PyoClasses) -> None:
        self._zero = pyo.Sig(0.0)
        raw = [instrument.output for instrument in self._instruments.values()] or [pyo.Sig([0.0, 0.0])]
        self._guards = [(guard := finite(pyo, self._zero, output), pyo.Clip(guard, -GUARD, GUARD)) for output in raw]
        self._sums = [
            pyo.Mix([pyo.Dummy([source[side]]) for source in sources], voices=1)
            for sources in ([clip for _, clip in self._guards], raw)
            for side in (0, 1)
        ]
        self.output = pyo.Dummy([stream for mix in self._sums for stream in mix.getBaseObjects()])

    # -------------------------------------------------------------------------------------------------------- changing
    def retune(self, scene: Scene, kinds: Kinds) -> None:
        """Takes over which parameters move, how fast, and the fixed ones, from a scene with the same `structure`."""
        self.notes = tuple(self._build_notes)
        self._targets = [parameter.default for parameter in self._parameters]
        for setup in scene.instruments:
            if setup.kind not in kinds:
                self._add_note(
                    f"there is no instrument of the kind '{setup.kind}' here, only {', '.join(sorted(kinds))}"
                )
            elif self._kinds.get(setup.name) != setup.kind:
                self._add_note(f"there are two instruments called '{setup.name}'; the first one plays")
            else:
                self._set_fixed(setup)
        self._moved = tuple(self._slots.get(name) for name in scene.parameters)
        for name, slot in zip(scene.parameters, self._moved, strict=True):
            if slot is None:
                self._add_note(f"there is no parameter '{name}'")
        self._set_glides(scene)

    def _set_fixed(self, setup: InstrumentSetup) -> None:
        for name, value in setup.fixed.items():
            slot = self._slots.get(f"{setup.name}.{name}")
            if slot is None:
                self._add_note(f"there is no parameter '{setup.name}.{name}'")
            else:
                self._set_target(slot, value)

    def _set_glides(self, scene: Scene) -> None:
        glides_s = [parameter.glide_s for parameter in self._parameters]
        for slot, glide_s in zip(self._moved, scene.glides_s, strict=False):
            if slot is not None and math.isfinite(glide_s):
                glides_s[slot] = glide_s
        self._glides_s = [min(max(glide_s, SHORTEST_GLIDE_S), LONGEST_GLIDE_S) for glide_s in glides_s]
        if self._ramps is not None:
            self._ramps.setTime(list(self._glides_s))

    def set(self, values: Sequence[float]) -> None:
        """Moves the scene's parameters to new values, clamped to their ranges; one that is not finite changes nothing.

        `values` holds one for each of the scene's parameters, in their own units; what is missing stays where it is.
        """
        for slot, value in zip(self._moved, values, strict=False):
            if slot is not None:
                self._set_target(slot, value)
        if self._ramps is not None and self._targets != self._sent:
            self._sent = list(self._targets)
            self._ramps.setValue(list(self._targets))

    def _set_target(self, slot: int, value: float) -> None:
        parameter = self._parameters[slot]
        if math.isfinite(value):
            self._targets[slot] = min(max(float(value), parameter.low), parameter.high)

    def fire(self, trigger: str) -> bool:
        """Fires `instrument.trigger`; returns whether there is such a trigger here."""
        name, _, event = trigger.partition(".")
        instrument = self._instruments.get(name)
        if instrument is None or event not in (known.name for known in instrument.triggers):
            return False
        try:
            instrument.fire(event)
        except Exception as error:  # noqa: BLE001 - likewise
            self._add_note(f"'{trigger}' cannot be fired: {type(error).__name__}: {error}")
        return True

    # ------------------------------------------------------------------------------------------------------- checking
    def broken(self) -> tuple[str, ...]:
        """Names of the instruments whose newest sample is not finite."""
        return tuple(
            name
            for name, instrument in self._instruments.items()
            if not all(math.isfinite(sample) for sample in instrument.output.get(all=True))
        )

    def _add_note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes = (*self.notes, sentence)


def structure(scene: Scene, kinds: Kinds) -> Structure:
    """The instruments of a scene that can be built: of a known kind, and the first of their name."""
    known: dict[str, str] = {}
    for setup in scene.instruments:
        if setup.kind in kinds:
            known.setdefault(setup.name, setup.kind)
    return tuple(known.items())


def finite(pyo: PyoClasses, zero: PyoObject, source: PyoObject) -> PyoObject:
    """The source's streams with 0 in place of every sample that is not a number (infinities stay).

    It clips a constant 0 between the source and the source. A number x leaves as x, because 0 is either below it or
    above it or it; every comparison with NaN is false, so nothing is clipped and the 0 stays. (Clipping, multiplying
    and filtering the source itself would all let NaN through.)
    """
    return pyo.Clip(zero, min=source, max=source)
