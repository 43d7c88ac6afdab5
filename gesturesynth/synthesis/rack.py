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

from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.runtime.messages import InstrumentSetup, Scene
from gesturesynth.synthesis.effects import effect_kinds
from gesturesynth.synthesis.guards import GUARD, held
from gesturesynth.synthesis.instruments.base import LEVEL, Instrument
from gesturesynth.synthesis.layer_shares import LayerShares
from gesturesynth.synthesis.levels.layer import LayerLimiter, LayerLimits
from gesturesynth.synthesis.mixing_desk import MixingDesk
from gesturesynth.synthesis.pyo_loader import load_pyo
from gesturesynth.synthesis.structure import Kinds, Structure
from gesturesynth.synthesis.suspension import Suspension
from gesturesynth.synthesis.tempo.clock import TempoClock
from gesturesynth.synthesis.tempo.rack_tempo import RackTempo

if TYPE_CHECKING:
    from pyo import PyoObject, Server, Sig, SigTo, Stream

    from gesturesynth.synthesis.sounds.library import SoundLibrary
    from gesturesynth.synthesis.sounds.recorded import Sounds
    from gesturesynth.synthesis.space.fold import PointPanner
    from gesturesynth.synthesis.space.headphones import EarPanner
    from gesturesynth.synthesis.space.panner import Panner

SHORTEST_GLIDE_S: Final = 0.005
"""A change is never faster: a step in a parameter is a click."""
LONGEST_GLIDE_S: Final = 60.0
MOST_TURNS: Final = 64
"""Of an angle in one direction: as 32-bit floats, angles are exact to 0.002 degrees then. After that it turns back."""


class Rack:
    """Builds the instruments of a scene in the running pyo server; the graph lives as long as the rack does.

    Args:
        server: where it is built.
        scene: what to build.
        values: one for each of `scene.parameters`: where they start, without a glide.
        kinds: the instruments there are.
        clock: where beats are; None: nothing is on the beat.
        panner: places them among loudspeakers; None: there are left and right.
        library: has read the sounds that the scene names; None: instruments play what they bring.
        voices: see `set_voices`; where they start.

    Attributes:
        structure: of the scene.
        output: pyo object of one stream for each channel, each instrument within the limits of a layer, and of left and
            right as they came from the instruments, for a signal monitor.
        notes: sentences about what was left out.
    """

    def __init__(
        self,
        server: Server,
        scene: Scene,
        values: Sequence[float],
        kinds: Kinds,
        *,
        clock: TempoClock | None = None,
        panner: Panner | EarPanner | PointPanner | None = None,
        library: SoundLibrary | None = None,
        voices: Sequence[float] = (),
    ) -> None:
        pyo = load_pyo()
        self._server = server
        self.notes: tuple[str, ...] = ()
        self.structure = Structure.of_scene(scene, kinds, effect_kinds())
        self._kinds = dict(self.structure.instruments)
        named = dict(self.structure.parameters(kinds, effect_kinds()))
        self._slots = {name: slot for slot, name in enumerate(named)}
        self._parameters = [*named.values()]
        self._moved: tuple[int | None, ...] = ()
        self._glides_s: list[float] = []
        self._targets = [parameter.default for parameter in self._parameters]
        self._tempo = RackTempo(clock, self.structure.notes, self._slots, self._parameters)
        self._sent: list[float] = []
        self._ramps: SigTo | None = None
        self._limiter: LayerLimiter | None = None
        self._build_notes: list[str] = []
        self._faulty: set[str] = set()
        self._suspensions: dict[str, Suspension] = {}
        self._shares = LayerShares(pyo, tuple(self._kinds), scene, voices)
        self.retune(scene, kinds)
        self.set(values)
        ramps: dict[str, PyoObject] = {}
        if self._parameters:
            self._ramps = pyo.SigTo(value=list(self._targets), time=list(self._glides_s), init=list(self._targets))
            self._sent = list(self._targets)
            streams = self._ramps.getBaseObjects()
            ramps = {name: pyo.Dummy([stream]) for name, stream in zip(named, streams, strict=True)}
        self._instruments: dict[str, Instrument] = {}
        self._listening: dict[str, Sig] = {}
        self._mixes: list[PyoObject] = []
        made = self._build(kinds, ramps, library)
        self._tempo.follow(self._targets)
        self.notes = (*self.notes, *self._build_notes)
        self._own = {name for name, instrument in self._instruments.items() if instrument.origin}
        self._zero = pyo.Sig(0.0)
        # What an own instrument gives is no reason to start the engine again: it is held, and suspended (see `look`).
        outputs = {
            name: held(pyo, self._zero, instrument.output) if name in self._own else instrument.output
            for name, instrument in self._instruments.items()
        }
        self._limiter = LayerLimiter(pyo, LayerLimits.of_scene(scene), spread=panner is not None)
        self._desk = MixingDesk(
            pyo,
            self.structure,
            outputs,
            ramps,
            effect_kinds(),
            limiter=self._limiter,
            streams=server.getStreams,
            panner=panner,
            shares=self._shares,
        )
        self._suspensions = {
            name: Suspension(
                self._instruments[name], streams + self._desk.layer_streams[name], server.getSamplingRate()
            )
            for name, streams in made.items()
        }
        for name in filter(self._shares.is_absent, self._suspensions):
            self._suspensions[name].suspend()  # before its first sample
        for name, heard in self._listening.items():
            others = [layer for other, layer in self._desk.layers.items() if other != name]
            if others and name in self._instruments:
                self._mixes.append(pyo.Mix(others, voices=2))
                heard.setValue(self._mixes[-1])
        self.output = pyo.Dummy([*self._desk.output.getBaseObjects(), *self._desk.raw.getBaseObjects()])
        self._tempo.begin(scene, self._strike)
        self._tempo.follow(self._targets)

    def _build(
        self, kinds: Kinds, ramps: Mapping[str, PyoObject], library: SoundLibrary | None
    ) -> dict[str, list[Stream]]:
        """Builds the instruments; returns the streams that each made."""
        made: dict[str, list[Stream]] = {}
        sounds = self._sounds(library)
        for name, kind in self.structure.instruments:
            controls = {parameter.name: ramps[f"{name}.{parameter.name}"] for parameter in kinds[kind].parameters}
            before = len(self._server.getStreams())
            try:
                timing, heard = self._tempo.timing(name, kinds[kind]), self._heard(name, kinds[kind])
                self._instruments[name] = kinds[kind](controls, timing, sounds.get(name, ()), heard)
            except Exception as error:  # noqa: BLE001 - code of one's own; whatever it raises, the others play
                reason = str(error) if isinstance(error, GestureSynthError) else f"{type(error).__name__}: {error}"
                self._build_notes.append(f"instrument '{name}' cannot be built: {reason}")
            else:
                made[name] = self._server.getStreams()[before:]
        return made

    def _heard(self, name: str, kind: type[Instrument]) -> PyoObject | None:
        """What the other instruments will give to the master, for one that listens; they need not be built yet."""
        if not kind.listens or len(self.structure.instruments) < 2:
            return None
        self._listening[name] = load_pyo().Sig([0.0, 0.0])
        return self._listening[name]

    def _sounds(self, library: SoundLibrary | None) -> dict[str, Sounds]:
        """The sounds of each instrument whose files could be read; the others play what they bring."""
        found: dict[str, Sounds] = {}
        for name, place in self.structure.sounds:
            try:
                found[name] = library.sounds(place) if library else ()
            except UserError as error:
                self._build_notes.append(f"instrument '{name}' plays a sound of its own: {error}")
        return found

    # -------------------------------------------------------------------------------------------------------- changing
    def retune(self, scene: Scene, kinds: Kinds) -> None:
        """Takes over which parameters move, how fast, and the fixed ones, from a scene with the same `structure`."""
        self.notes = tuple(self._build_notes)
        former, self._targets = self._targets, [parameter.default for parameter in self._parameters]
        for setup in scene.instruments:
            if setup.kind not in kinds:
                self._add_note(
                    f"there is no instrument of the kind '{setup.kind}' here, only {', '.join(sorted(kinds))}"
                )
            elif self._kinds.get(setup.name) != setup.kind:
                self._add_note(f"there are two instruments called '{setup.name}'; the first one plays")
            else:
                self._set_fixed(setup)
        self._retune_buses(scene)
        for pattern in scene.on_beat.patterns:
            own = {"density": pattern.density, "chance": pattern.chance}
            self._set_fixed(InstrumentSetup(pattern.name, "pattern", own))
        self._tempo.retune(scene)
        if self._ramps is not None:
            self._keep(former, scene.silent)
        self._moved = tuple(self._slots.get(name) for name in scene.parameters)
        for name, slot in zip(scene.parameters, self._moved, strict=True):
            if slot is None:
                self._add_note(f"there is no parameter '{name}'")
        self._set_glides(scene)
        if self._limiter:
            self._limiter.set(LayerLimits.of_scene(scene))
        for name in self._shares.change(scene):
            self._resume(name)

    def _keep(self, former: Sequence[float], silent: Sequence[str]) -> None:
        """What fades out, or will fade in again, stays as it was until something moves it."""
        for name, slot in self._slots.items():
            if name.partition(".")[0] in silent:
                self._targets[slot] = former[slot]

    def _retune_buses(self, scene: Scene) -> None:
        buses = dict(self.structure.buses)
        for setup in scene.buses:
            if setup.kind not in effect_kinds():
                self._add_note(
                    f"there is no effect of the kind '{setup.kind}' here, only {', '.join(sorted(effect_kinds()))}"
                )
            elif buses.get(setup.name) != setup.kind:
                self._add_note(f"there are two buses called '{setup.name}'; the first one plays")
            else:
                self._set_fixed(setup)

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
        self._tempo.follow(self._targets)
        if self._ramps is not None and self._targets != self._sent:
            self._sent = list(self._targets)
            for name in self._suspensions:
                self._resume(name)
            self._ramps.setValue(list(self._targets))

    def set_voices(self, shares: Sequence[float]) -> None:
        """Gives each voice its share, 0..1, in the order of the voices; what is missing stays as it is."""
        for name in self._shares.set_voices(shares):
            self._resume(name)

    def _resume(self, name: str) -> None:
        """Has an instrument computed, if it is to be heard and can be."""
        unheard = self._shares.is_silent(name) or name in self._faulty
        if not unheard and name in self._suspensions and not self._silence_asked(name):
            self._suspensions[name].resume()

    def _silence_asked(self, name: str) -> bool:
        return self._targets[self._slots[f"{name}.{LEVEL.name}"]] <= LEVEL.low

    def look(self) -> None:
        """Suspends instruments that have been silent for long, and own ones that are broken. Call it often.

        Not in the audio callback: what instruments leave to it may take long.
        """
        for name in self._instruments.keys() - self._own:
            self._instruments[name].tidy()
        for name in self._own - self._faulty:
            if not all(abs(sample) <= GUARD for sample in self._instruments[name].output.get(all=True)):
                self._faulty.add(name)
                self._suspensions[name].suspend()
                self._build_notes.append(
                    f"instrument '{name}' gave samples that are no sound: it is silent from now on"
                )
                self._add_note(self._build_notes[-1])
        now = self._server.getCurrentTimeInSamples()
        faded = self._shares.faded()
        for name, suspension in self._suspensions.items():
            if name in faded:
                if suspension.active and not self._instruments[name].busy:
                    suspension.suspend()
            elif self._silence_asked(name):
                suspension.look(now)

    def _set_target(self, slot: int, value: float) -> None:
        parameter = self._parameters[slot]
        if not self._tempo.set_length(slot, value) and math.isfinite(value):
            target = min(max(float(value), parameter.low), parameter.high)
            if parameter.cycle and self._sent:
                turns = round((self._sent[slot] - target) / parameter.cycle)
                target += min(max(turns, -MOST_TURNS), MOST_TURNS) * parameter.cycle
            self._targets[slot] = target

    def fire(self, trigger: str) -> bool:
        """Fires `instrument.trigger`; returns whether there is such a trigger here."""
        name, _, event = trigger.partition(".")
        instrument = self._instruments.get(name)
        if instrument is None or event not in (known.name for known in instrument.triggers):
            return False
        if self._shares.is_silent(name):
            return True
        if not (self._tempo.strokes and self._tempo.strokes.wait(trigger)):
            self._strike(trigger)
        return True

    def _strike(self, trigger: str, due: int = 0) -> None:
        """Fires a trigger, due at a sample of the next buffer, at its beginning.

        What does something unheard from now on is computed.
        """
        name, _, event = trigger.partition(".")
        if self._shares.is_absent(name):
            return
        try:
            self._instruments[name].due = due
            self._instruments[name].fire(event)
            if self._instruments[name].busy and name not in self._faulty:
                self._suspensions[name].resume()
        except Exception as error:  # noqa: BLE001 - likewise
            self._add_note(f"'{trigger}' cannot be fired: {type(error).__name__}: {error}")

    # ------------------------------------------------------------------------------------------------------- checking
    def broken(self) -> tuple[str, ...]:
        """Names of the instruments and buses whose newest sample is not finite."""
        outputs = {name: instrument.output for name, instrument in self._instruments.items()} | self._desk.buses
        return tuple(
            name
            for name, output in outputs.items()
            if not all(math.isfinite(sample) for sample in output.get(all=True))
        )

    def _add_note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes = (*self.notes, sentence)
