"""Each instrument as a graph of scsynth: the same oscillators, filters and voices, its controls at control rate.

They are written to cost what a composer's patch of that kind would, not to sound the same to the sample. What all have
in another way: the room is FreeVerb2 (twice eight combs and four allpasses) in place of pyo's STRev (twice eight delay
lines that scatter into one another) behind two delays that move; saws are `Saw`, computed, not read from tables; trims
are powers of the controls instead of tables. What one has besides is said beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from tests.benchmarks.scsynth.synthdef import Input, Port, SynthDef

Sides = tuple[Port, Port]
Build = Callable[[SynthDef], Sides]


class Patch(NamedTuple):
    """`build` makes the sound before its level and room; `differs`: what is not as in the instrument, for people."""

    build: Build
    room: float
    differs: str = ""


def made(kind: str, parameters: Mapping[str, float], *, room: bool = True) -> SynthDef:
    """The definition `kind`, complete, with these parameters. Raises KeyError where there is no patch."""
    graph = SynthDef(kind, parameters)
    patch = PATCHES[kind]
    left, right = patch.build(graph)
    level = graph["level"].unary("dbamp")
    sides = [graph.ar("LeakDC", side, 0.995) * level for side in (left, right)]
    if room:
        wet = graph.many("FreeVerb2", 2, *sides, 1.0, patch.room, 0.4)
        sides = [side + tail * 0.3 for side, tail in zip(sides, wet, strict=True)]
    graph.out(*sides)
    return graph


def _trim(graph: SynthDef, *names: str) -> Port:
    """As many curves of decibels, at control rate."""
    total = graph.total([graph[name].unary("log2") * 0.1 for name in names])
    return (total * 0.01).unary("dbamp")


def _panned(graph: SynthDef, voices: list[Port], width: float = 0.8) -> Sides:
    sides = []
    for number, voice in enumerate(voices):
        place = width * (2 * number / max(len(voices) - 1, 1) - 1)
        sides.append(graph.many("Pan2", 2, voice, place, 1.0))
    return graph.total([one[0] for one in sides]), graph.total([one[1] for one in sides])


def _struck(graph: SynthDef, rate: Input, count: int) -> list[Port]:
    """A clock with uneven ticks that triggers voices in turn."""
    clock = graph.ar("Impulse", graph.kr("LFNoise0", 2.0) * 0.2 + 1 if rate == 0 else rate, 0.0)
    return [graph.ar("PulseDivider", clock, float(count), float(number)) for number in range(count)]


def _falling(graph: SynthDef, trig: Port, seconds: Input) -> Port:
    """An envelope that rises quickly and falls evenly in decibels."""
    shape = (0.0, 2.0, -99.0, -99.0, 1.0, 0.002, 5.0, 0.0, 0.0, 1.0, 5.0, -7.0)
    return graph.ar("EnvGen", trig, 1.0, 0.0, seconds, 0.0, *shape)


def _theremin(graph: SynthDef) -> Sides:
    pitch = graph["pitch"]
    still = graph.kr("Lag", (graph.kr("Lag", pitch, 0.1) / pitch - 1).unary("abs") * -16 + 1, 0.3)
    sway = graph.kr("SinOsc", graph.kr("LFNoise1", 0.7) * 0.35 + 5.5, 0.0) * still
    hz = pitch * (sway * graph["vibrato"] * 0.01 + 1)
    string = graph.ar("SinOscFB", hz, graph["timbre"] * 6.28)
    voice = (
        string * (sway * graph["vibrato"] * 0.03 + 1) + graph.ar("Resonz", graph.ar("WhiteNoise"), pitch, 0.11) * 0.012
    )
    for body in ((270.0, 0.8, 3.0), (620.0, 0.7, 4.0), (2600.0, 0.6, -4.0)):
        voice = graph.ar("BPeakEQ", voice, *body)
    lifted = graph.ar("BHiShelf", voice, pitch * 2.2, 1.0, graph["timbre"] * 70)
    played = lifted * _trim(graph, "pitch", "timbre")
    return played, played


def _drone(graph: SynthDef) -> Sides:
    pitch, brightness, motion = graph["pitch"], graph["brightness"], graph["motion"]
    depth = motion * (2 - motion)
    sides: list[Port] = []
    for side in range(2):
        pace = motion * 0.28 + 0.05
        breath, wander = (graph.kr("Lag", graph.kr("LFNoise1", pace * part), 0.4) for part in (1.0, 0.77))
        detunes = (0.0, 0.0058, -0.0097, 0.0149)
        strings = graph.total([graph.ar("Saw", pitch * (graph["detune"] * apart + 1)) for apart in detunes]) * 0.3
        swell = graph.kr("LFNoise1", pace) * depth * 0.25 + 0.04
        strings = strings + graph.ar("Saw", pitch * (1.5 if side else 2.0)) * swell
        tilted = graph.ar("BLowShelf", strings, 200.0, 1.0, -8.0).clip(-1.6, 1.6)
        cutoff = (brightness * (2.0 ** (breath * depth * 0.9))).clip(60.0, 12000.0)
        filtered = graph.ar("MoogFF", tilted, cutoff, 1.0, 0.0)
        lifted = graph.ar("BHiShelf", filtered, 1600.0, 1.0, brightness * 0.0025)
        sung = (brightness * (2.0 ** (wander * depth * 1.1 - 0.4))).clip(pitch * 3, 5000.0)
        singing = graph.ar("Resonz", graph.ar("LPF", tilted, 2500.0), sung, 1 / 22) * (motion * 1.8 + 0.1)
        ground = graph.ar("SinOsc", pitch, 0.0) * 0.06
        sides.append((lifted + singing + ground) * _trim(graph, "pitch", "brightness", "detune", "motion"))
    middle = (sides[0] + sides[1]) * 0.15
    return sides[0] * 0.7 + middle, sides[1] * 0.7 + middle


def _granular(graph: SynthDef) -> Sides:
    density, grain = graph["density"], graph["grain"]
    trig = graph.ar("Dust", density)
    place = graph["position"] * 0.9 + graph.kr("LFNoise1", 0.31) * 0.01 + graph.ar("WhiteNoise") * 0.005 + 0.05
    grains = ("GrainBuf", 2, trig, grain, 0.0, graph["pitch"], place, 2.0, graph.ar("WhiteNoise") * 0.8, -1.0, 512.0)
    left, right = graph.many(*grains)
    crowd = graph.kr("Lag", (density * grain * 0.8 + 0.2) ** -0.5, 0.4) * _trim(graph, "pitch")
    return left * crowd, right * crowd


def _percussion(graph: SynthDef) -> Sides:
    tune, decay = graph["tune"], graph["decay"]
    step = graph.ar("Impulse", 8.0, 0.0)
    trigs = [graph.ar("PulseDivider", step, float(every), 0.0) for every in (4, 8, 2, 6, 16)]
    kick_t, snare_t, hat_t, tom_t, clap_t = trigs

    def skin(trig: Port, ratio: float, long: float, *modes: float) -> Port:
        hz = tune * (_falling(graph, trig, 0.05) * 2 + 1) * ratio
        heads = [graph.ar("SinOsc", hz * mode, 0.0) * _falling(graph, trig, decay * long) for mode in modes]
        return graph.total(heads)

    noise = graph.ar("WhiteNoise")
    hats = graph.total([graph.ar("LFPulse", hz, 0.0, 0.5) for hz in (2130.0, 2670.0, 3115.0, 3940.0, 5270.0, 6480.0)])
    cymbal = graph.ar("HPF", graph.ar("HPF", hats + noise * 0.35, 6500.0), 6500.0)
    clap = graph.ar("BPF", noise, 1250.0, 0.77) * _falling(graph, clap_t, decay * 0.17)
    middle = skin(kick_t, 1.0, 0.24, 1.0) + skin(snare_t, 3.3, 0.13, 1.0, 1.55) + skin(tom_t, 2.1, 0.2, 1.0, 1.6) + clap
    hiss = graph.ar("HPF", noise, 1800.0) * _falling(graph, snare_t, decay * 0.18)
    hat = cymbal * _falling(graph, hat_t, decay * 0.09)
    push = (12.0 ** graph["drive"]) * 0.8
    trim = _trim(graph, "tune", "decay", "drive", "click")
    return tuple(  # type: ignore[return-value]
        ((middle + hiss + hat * part) * push).unary("tanh") / push * trim for part in (0.55, 0.75)
    )


def _bells(graph: SynthDef) -> Sides:
    voices = []
    for trig in _struck(graph, graph["rate"], 10):
        hz = graph.ar("Latch", graph.ar("TRand", 0.5, 2.0, trig) * graph["pitch"], trig)
        velocity = graph.ar("TRand", 0.5, 1.0, trig)
        loud, bright = _falling(graph, trig, graph["decay"]), _falling(graph, trig, graph["decay"] * 0.7)
        index = bright * graph["index"] * velocity
        bell = graph.ar("SinOsc", hz, graph.ar("SinOsc", hz * graph["ratio"], 0.0) * index) * loud * velocity
        bar = graph.ar("SinOsc", hz * 2.76, graph.ar("SinOsc", hz * 2.76 * graph["ratio"], 0.0) * bright * 0.5)
        voices.append(bell + bar * loud * loud * loud * velocity * 0.25)
    return _steadied(graph, _panned(graph, voices), _trim(graph, "index", "decay"))


def _steadied(graph: SynthDef, sides: Sides, trim: Port) -> Sides:
    """Loudness that is held: the gain follows the weighted power of both sides."""
    heard = [graph.ar("BHiShelf", graph.ar("HPF", side * trim, 60.0), 1700.0, 1.0, 4.0) for side in sides]
    power = graph.ar("LagUD", heard[0] * heard[0] + heard[1] * heard[1], 0.02, 1.5)
    held = (power * 27 + 1) ** -0.5
    return sides[0] * trim * held, sides[1] * trim * held


def _pluck(graph: SynthDef) -> Sides:
    voices = []
    for number, trig in enumerate(_struck(graph, graph["rate"] + 2, 8)):
        burst = _falling(graph, trig, 0.006) * graph.ar("WhiteNoise") * graph.ar("TRand", 0.6, 1.0, trig)
        soft = graph.ar("OnePole", graph.ar("OnePole", burst, 0.6), 0.6)
        hz = graph["root"] * (1.0, 1.5, 2.0, 2.25, 2.5, 3.0, 4.0, 5.0)[number]
        voices.append(graph.ar("CombC", soft, 0.025, hz**-1.0, graph["ring"]))
    left, right = _panned(graph, voices, 0.7)
    body = [graph.ar("BPeakEQ", graph.ar("BPeakEQ", side, 110.0, 0.5, 4.0), 420.0, 0.7, 3.0) for side in (left, right)]
    held = _steadied(graph, (body[0], body[1]), _trim(graph, "root", "ring", "brightness"))
    return held[0].unary("tanh"), held[1].unary("tanh")


def _choir(graph: SynthDef) -> Sides:
    voices = []
    for number, ratio in enumerate((1.0, 1.5, 2.0, 2.5, 1.0, 1.5, 2.0, 3.0)):
        drift = graph.kr("Lag", graph.kr("LFNoise1", 0.5 + 0.13 * number), 0.2) * 0.006
        vibrato = graph.kr("SinOsc", graph.kr("LFNoise1", 0.3) * 0.7 + 5.4, 0.0) * 0.006
        rough = graph.kr("Lag", graph.kr("WhiteNoise"), 0.02) * 0.06
        note = graph["pitch"] * (graph["spread"] * (ratio - 1) + 1)
        voices.append(graph.ar("Saw", note * ((drift + vibrato + rough) * graph["unrest"] + 1)) * 0.2)
    throat = [side + graph.ar("WhiteNoise") * 0.004 for side in _panned(graph, voices, 0.7)]
    sides = []
    for side in throat:
        sung = []
        for hz, wide in ((500.0, 0.1), (1100.0, 0.08), (2500.0, 0.05), (3500.0, 0.04)):
            sung.append(
                graph.ar("Resonz", side, graph["vowel"] * 300 + hz, wide) * (graph["vowel"] * -6).unary("dbamp")
            )
        sides.append(graph.total(sung))
    return _steadied(graph, (sides[0], sides[1]), _trim(graph, "pitch", "spread", "unrest"))


def _bowed(graph: SynthDef) -> Sides:
    pitch, pressure = graph["pitch"], graph["pressure"]
    sway = graph.kr("SinOsc", graph.kr("LFNoise1", 0.6) * 0.4 + 5.4, 0.0) * graph["vibrato"] * 0.01
    hz = pitch * (sway + graph.kr("Lag", graph.kr("WhiteNoise"), 0.012) * 0.05 + 1)
    bridge = graph.ar("Saw", hz)
    string = (bridge - graph.ar("DelayL", bridge, 0.02, graph["place"] / hz)) * 0.5
    slip = graph.ar("LFSaw", hz, 0.0) ** 6.0
    rosin = graph.ar("HPF", graph.ar("WhiteNoise"), 1500.0) * slip * (pressure * 0.1 + 0.02)
    sound = graph.ar("LPF", graph.ar("LPF", string, (hz * (pressure * 18 + 2)).clip(200.0, 12000.0)) + rosin, 9000.0)
    for body_hz, wide, db in (
        (98, 0.2, 5),
        (190, 0.25, 4),
        (235, 0.2, 3),
        (420, 0.33, 3),
        (580, 0.25, 2),
        (1400, 0.5, 3),
        (2300, 0.33, 4),
    ):
        sound = graph.ar("BPeakEQ", sound, body_hz, wide, db)
    breath = sound * (graph.kr("LFNoise1", 2.3) * 0.1 + 0.9)
    return _steadied(graph, (breath, breath), _trim(graph, "pressure", "place"))


def _wind(graph: SynthDef) -> Sides:
    sides = []
    for part in (1.0, 0.83):
        gust = graph.kr("Lag", graph.kr("LFNoise1", graph["gust"] * part), 0.2)
        hz = graph["centre"] * (2.0 ** (gust * graph["force"]))
        air = graph.ar("PinkNoise")
        first = graph.ar("Resonz", air, hz, graph["whistle"] ** -1.0)
        second = graph.ar("Resonz", air, (hz * 1.7).clip(80.0, 12000.0), graph["whistle"] ** -1.0) * (gust + 1)
        sides.append((first + second + graph.ar("LPF", air, 200.0) * 0.3) * (gust * graph["force"] + 1))
    trim = _trim(graph, "centre", "force", "gust")
    return sides[0] * trim, sides[1] * trim


def _organ(graph: SynthDef) -> Sides:
    pulled = graph["registration"]
    pipes = []
    for ratio in (1.0, 1.5, 2.0, 3.0):
        hz = graph["pitch"] * ratio * 0.5
        for partials in ((2, 4), (1, 2, 3), (1, 4, 8)):
            stop = graph.total([graph.ar("SinOsc", hz * partial, 0.0) for partial in partials])
            pipes.append(stop * (pulled * graph["chord"]).clip(0.0, 1.0))
    sounding = graph.total(pipes) * 0.1 + graph.ar("Resonz", graph.ar("WhiteNoise"), graph["pitch"] * 2, 0.5) * 0.004
    trim = _trim(graph, "pitch", "registration", "chord")
    sides = []
    for phase in (0.0, 1.57):
        turn = graph.ar("SinOsc", graph["rotor"], phase)
        sides.append(graph.ar("DelayL", sounding, 0.01, turn * 0.0004 + 0.002) * (turn * 0.25 + 0.75) * trim)
    return sides[0], sides[1]


def _bowls(graph: SynthDef) -> Sides:
    pitch, ring = graph["pitch"], graph["ring"]
    stroke = _falling(graph, graph.ar("Impulse", 0.5, 0.0), 0.004)
    sides = []
    for apart in (0.0, 0.0012):
        rubbed = graph.ar("WhiteNoise") * (stroke * 2.6 + graph["rub"] * 0.1)
        soft = graph.ar("LPF", graph.ar("LPF", rubbed, graph["hardness"]), graph["hardness"])
        rings = [
            graph.ar("Ringz", soft, (pitch * (ratio + apart)).clip(20.0, 12000.0), ring / (1 + 0.35 * number))
            for number, ratio in enumerate((1.0, 2.71, 5.15, 8.43, 1.003, 4.06))
        ]
        sides.append(graph.total(rings) * 0.01)
    return _steadied(graph, (sides[0], sides[1]), _trim(graph, "ring"))


def _sea(graph: SynthDef) -> Sides:
    sides = []
    for phase in (0.0, 0.9):
        turn = graph.kr("LFSaw", graph["waves"] * (graph.kr("LFNoise1", 0.2) * 0.3 + 1), phase) * 0.5 + 0.5
        wave = graph.kr("Lag", ((turn**0.43) * 3.14159).unary("sin"), 0.1)
        loud = graph["swell"] * (wave * wave * 2.2 - 1) + 1
        cutoff = ((2.0 ** ((wave - 0.4) * graph["swell"] * 1.6)) * graph["nearness"]).clip(80.0, 14000.0)
        water = graph.ar("PinkNoise")
        body = graph.ar("LPF", graph.ar("LPF", water, cutoff), cutoff) * loud
        hiss = graph.ar("HPF", graph.ar("WhiteNoise") * 0.12, (cutoff * 1.5).clip(500.0, 9000.0)) * loud * graph["foam"]
        sides.append(graph.ar("HPF", body + hiss + graph.ar("BPF", water, 110.0, 1.4) * 0.5, 35.0))
    trim = _trim(graph, "nearness", "swell", "foam")
    return sides[0] * trim, sides[1] * trim


def _pad(graph: SynthDef) -> Sides:
    tones = []
    for number in range(1, 17):
        hz = graph["pitch"] * (float(number) ** (graph["stretch"] * 0.09 + 1))
        swell = graph.kr("Lag", graph.kr("LFNoise1", 0.23 + 0.037 * number), 0.2) * graph["shimmer"] + 1
        falling = float(number) ** (graph["brightness"] * 2.4 - 3.0)
        kept = (graph["even"] - 1) * (0.0 if number % 2 else 1.0) + 1
        loud = falling * swell * kept * ((14000.0 - hz) * 0.001).clip(0.0, 1.0)
        tones.append(graph.ar("SinOsc", hz.clip(20.0, 14000.0), 0.0) * loud)
    left, right = _panned(graph, tones)
    trim = _trim(graph, "pitch", "brightness", "even")
    return left * trim, right * trim


def _arpeggio(graph: SynthDef) -> Sides:
    voices = []
    for trig in _struck(graph, graph["rate"], 4):
        place = graph.ar("TRand", 1.0, graph["reach"] * 7 + 1, trig).unary("floor")
        hz = graph.ar("Latch", place * graph["pitch"], trig)
        loud = _falling(graph, trig, graph["length"])
        cutoff = (graph["brightness"] * (loud * 0.8 + 0.2)).clip(80.0, 12000.0)
        voices.append(graph.ar("LPF", graph.ar("LPF", graph.ar("Saw", hz) * loud, cutoff), cutoff))
    held = _steadied(graph, _panned(graph, voices, 0.6), _trim(graph, "pitch", "length"))
    return held[0].unary("tanh"), held[1].unary("tanh")


PATCHES: Final[dict[str, Patch]] = {
    "theremin": Patch(_theremin, 0.5, "the voice is SinOscFB, not six tables"),
    "drone": Patch(_drone, 0.7, "MoogFF for MoogLP"),
    "granular": Patch(_granular, 0.7, "another source sound, as long"),
    "percussion": Patch(_percussion, 0.4, "drums in an even row: no bars, no chance"),
    "bells": Patch(_bells, 0.7),
    "pluck": Patch(_pluck, 0.5, "CombC for Waveguide; strings by chance only"),
    "choir": Patch(_choir, 0.7),
    "bowed": Patch(_bowed, 0.6, "a delay for the second reading of the wave"),
    "wind": Patch(_wind, 0.5),
    "organ": Patch(_organ, 0.5, "stops are sums of two or three sines, not tables"),
    "bowls": Patch(_bowls, 0.7),
    "sea": Patch(_sea, 0.6, "waves at control rate"),
    "pad": Patch(_pad, 0.8),
    "arpeggio": Patch(_arpeggio, 0.6, "notes by chance only"),
}
"""By kind. An instrument that is not here has no patch, and `make bench` says so."""
