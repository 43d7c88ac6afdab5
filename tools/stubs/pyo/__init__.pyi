# The part of pyo 1.1.0 that Gesture Synth uses, for type checkers: pyo has no types of its own.
#
# Names, parameters, their order and their defaults are those of the installed pyo, and the types of parameters are
# those that pyo's own check of arguments (`pyoArgsAssert`) lets through. tests/project/test_pyo_stubs.py compares both.

from collections.abc import Callable, Sequence
from typing import Literal, Self, TypeAlias, overload

# Several sources or values make one stream each. pyo itself takes lists only, no tuples: `list` is not written here
# because a list of one class of objects would not be a list of `PyoObject`.
_Audio: TypeAlias = PyoObject | _StreamObject | Sequence[PyoObject | _StreamObject]  # `o` of pyoArgsAssert
_Control: TypeAlias = float | PyoObject | _StreamObject | Sequence[float | PyoObject | _StreamObject]  # `O`
_Table: TypeAlias = PyoTableObject | Sequence[PyoTableObject]  # `t`
_Number: TypeAlias = float | Sequence[float]  # `n`
_Integer: TypeAlias = int | Sequence[int]  # `i`

class PyoServerStateException(Exception): ...

def serverCreated() -> bool: ...
def serverBooted() -> bool: ...
def pa_count_devices() -> int: ...
def pa_get_output_devices() -> tuple[list[str], list[int]]: ...
def pa_get_default_output() -> int: ...
def pa_get_output_max_channels(x: int) -> int: ...
def pa_get_input_devices() -> tuple[list[str], list[int]]: ...
def pa_get_default_input() -> int: ...
def pa_get_input_max_channels(x: int) -> int: ...

# An object of pyo's C code, which has one stream.
class _StreamObject:
    def play(self, dur: float = 0, delay: float = 0) -> Self: ...
    def stop(self, wait: float = 0) -> Self: ...

# Samples of one channel of a table.
class _TableStream:
    def __buffer__(self, flags: int, /) -> memoryview: ...

# The server of pyo's C code.
class _InnerServer:
    def getCurrentTimeInSamples(self) -> int: ...
    def getGlobalSeed(self) -> int: ...
    def getStreams(self) -> list[Stream]: ...
    def changeStreamPosition(self, reference: Stream, moved: Stream, /) -> None: ...

class Stream:
    def getId(self) -> int: ...
    def getStreamObject(self) -> _StreamObject: ...
    def getValue(self) -> float: ...
    def isOutputting(self) -> bool: ...
    def isPlaying(self) -> bool: ...

class Server:
    _server: _InnerServer
    def __init__(
        self,
        sr: float = 44100,
        nchnls: int = 2,
        buffersize: int = 256,
        duplex: int = 1,
        audio: str = "portaudio",
        jackname: str = "pyo",
        ichnls: int | None = None,
        winhost: str = "directsound",
        midi: str = "portmidi",
        verbosity: int = 7,
    ) -> None: ...
    def boot(self, newBuffer: bool = True) -> Self: ...
    def deactivateMidi(self) -> None: ...
    def getBufferSize(self) -> int: ...
    def getCurrentTimeInSamples(self) -> int: ...
    def getIsBooted(self) -> bool: ...
    def getOutputAddr(self) -> str: ...
    def getSamplingRate(self) -> float: ...
    def getStreams(self) -> list[Stream]: ...
    def process(self) -> None: ...
    def setCallback(self, callback: Callable[[], None]) -> None: ...
    def setGlobalSeed(self, x: int) -> None: ...
    def setJackAuto(self, xin: bool = True, xout: bool = True) -> None: ...
    def setInputDevice(self, x: int) -> None: ...
    def setJackAutoConnectInputPorts(self, ports: list[list[str]]) -> None: ...
    def setJackAutoConnectOutputPorts(self, ports: list[list[str]]) -> None: ...
    def setJackOutputPortNames(self, name: str | list[str]) -> None: ...
    def setOutputDevice(self, x: int) -> None: ...
    def setVerbosity(self, x: int) -> None: ...
    def shutdown(self) -> None: ...
    def start(self) -> Self: ...
    def stop(self) -> None: ...

class PyoObjectBase:
    def getBaseObjects(self) -> list[_StreamObject]: ...
    def getServer(self) -> _InnerServer: ...
    def getSamplingRate(self) -> float: ...
    def __len__(self) -> int: ...

class PyoObject(PyoObjectBase):
    def __init__(self, mul: _Control = 1.0, add: _Control = 0.0) -> None: ...
    def __add__(self, x: _Control) -> PyoObject: ...
    def __radd__(self, x: _Control) -> PyoObject: ...
    def __sub__(self, x: _Control) -> PyoObject: ...
    def __rsub__(self, x: _Control) -> PyoObject: ...
    def __mul__(self, x: _Control) -> PyoObject: ...
    def __rmul__(self, x: _Control) -> PyoObject: ...
    def __truediv__(self, x: _Control) -> PyoObject: ...
    def __rtruediv__(self, x: _Control) -> PyoObject: ...
    def __gt__(self, x: _Control) -> PyoObject: ...
    @overload
    def __getitem__(self, i: int) -> _StreamObject: ...
    @overload
    def __getitem__(self, i: slice) -> list[_StreamObject]: ...
    @overload
    def get(self, all: Literal[False] = False) -> float: ...
    @overload
    def get(self, all: Literal[True]) -> list[float]: ...
    def mix(self, voices: int = 1) -> Mix: ...
    def out(self, chnl: int = 0, inc: int = 1, dur: float = 0, delay: float = 0) -> Self: ...
    def play(self, dur: float = 0, delay: float = 0) -> Self: ...
    def setAdd(self, x: _Control) -> None: ...
    def setMul(self, x: _Control) -> None: ...
    def stop(self, wait: float = 0) -> Self: ...

class PyoTableObject(PyoObjectBase):
    def getBuffer(self, chnl: int = 0) -> _TableStream: ...
    def getSize(self) -> int: ...

class Abs(PyoObject):
    def __init__(self, input: _Audio, mul: _Control = 1, add: _Control = 0) -> None: ...

class Biquada(PyoObject):
    def __init__(
        self,
        input: _Audio,
        b0: _Control = 0.005066,
        b1: _Control = 0.010132,
        b2: _Control = 0.005066,
        a0: _Control = 1.070997,
        a1: _Control = -1.979735,
        a2: _Control = 0.929003,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class ButBP(PyoObject):
    def __init__(
        self, input: _Audio, freq: _Control = 1000, q: _Control = 1, mul: _Control = 1, add: _Control = 0
    ) -> None: ...

class ButHP(PyoObject):
    def __init__(self, input: _Audio, freq: _Control = 1000, mul: _Control = 1, add: _Control = 0) -> None: ...

class ButLP(PyoObject):
    def __init__(self, input: _Audio, freq: _Control = 1000, mul: _Control = 1, add: _Control = 0) -> None: ...

class Centroid(PyoObject):
    def __init__(self, input: _Audio, size: _Integer = 1024, mul: _Control = 1, add: _Control = 0) -> None: ...

class Change(PyoObject):
    def __init__(self, input: _Audio, mul: _Control = 1, add: _Control = 0) -> None: ...

class Chorus(PyoObject):
    def __init__(
        self,
        input: _Audio,
        depth: _Control = 1,
        feedback: _Control = 0.25,
        bal: _Control = 0.5,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class Clip(PyoObject):
    def __init__(
        self, input: _Audio, min: _Control = -1.0, max: _Control = 1.0, mul: _Control = 1, add: _Control = 0
    ) -> None: ...

class Compare(PyoObject):
    def __init__(
        self, input: _Audio, comp: _Control, mode: str = "<", mul: _Control = 1, add: _Control = 0
    ) -> None: ...

class ComplexRes(PyoObject):
    def __init__(
        self,
        input: _Audio,
        freq: _Control = 1000,
        decay: _Control = 0.25,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class Compress(PyoObject):
    def __init__(
        self,
        input: _Audio,
        thresh: _Control = -20,
        ratio: _Control = 2,
        risetime: _Control = 0.01,
        falltime: _Control = 0.1,
        lookahead: _Number = 5.0,
        knee: _Number = 0,
        outputAmp: bool = False,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class Convolve(PyoObject):
    def __init__(self, input: _Audio, table: _Table, size: _Integer, mul: _Control = 1, add: _Control = 0) -> None: ...

class Cos(PyoObject):
    def __init__(self, input: _Audio, mul: _Control = 1, add: _Control = 0) -> None: ...

class Counter(PyoObject):
    def __init__(
        self,
        input: _Audio,
        min: _Integer = 0,
        max: _Integer = 100,
        dir: _Integer = 0,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class DBToA(PyoObject):
    def __init__(self, input: _Audio, mul: _Control = 1, add: _Control = 0) -> None: ...

class DCBlock(PyoObject):
    def __init__(self, input: _Audio, mul: _Control = 1, add: _Control = 0) -> None: ...

class DataTable(PyoTableObject):
    def __init__(self, size: int, chnls: int = 1, init: list[float] | None = None) -> None: ...

class Delay(PyoObject):
    def __init__(
        self,
        input: _Audio,
        delay: _Control = 0.25,
        feedback: _Control = 0,
        maxdelay: _Number = 1,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class Delay1(PyoObject):
    def __init__(self, input: _Audio, mul: _Control = 1, add: _Control = 0) -> None: ...

class Dummy(PyoObject):
    def __init__(self, objs_list: Sequence[_StreamObject | Dummy]) -> None: ...

class EQ(PyoObject):
    def __init__(
        self,
        input: _Audio,
        freq: _Control = 1000,
        q: _Control = 1,
        boost: _Control = -3.0,
        type: _Integer = 0,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class Fader(PyoObject):
    def __init__(
        self, fadein: _Number = 0.01, fadeout: _Number = 0.1, dur: _Number = 0, mul: _Control = 1, add: _Control = 0
    ) -> None: ...

class Floor(PyoObject):
    def __init__(self, input: _Audio, mul: _Control = 1, add: _Control = 0) -> None: ...

class HannTable(PyoTableObject):
    def __init__(self, size: int = 8192) -> None: ...

class HarmTable(PyoTableObject):
    def __init__(self, list: list[float] = ..., size: int = 8192) -> None: ...

class Input(PyoObject):
    def __init__(self, chnl: _Integer = 0, mul: _Control = 1, add: _Control = 0) -> None: ...

class LFO(PyoObject):
    def __init__(
        self, freq: _Control = 100, sharp: _Control = 0.5, type: _Integer = 0, mul: _Control = 1, add: _Control = 0
    ) -> None: ...

class LinTable(PyoTableObject):
    def __init__(self, list: list[tuple[int, float]] = ..., size: int = 8192) -> None: ...

class Log2(PyoObject):
    def __init__(self, input: _Audio, mul: _Control = 1, add: _Control = 0) -> None: ...

class Lookup(PyoObject):
    def __init__(self, table: _Table, index: _Audio, mul: _Control = 1, add: _Control = 0) -> None: ...

class Looper(PyoObject):
    def __init__(
        self,
        table: _Table,
        pitch: _Control = 1,
        start: _Control = 0,
        dur: _Control = 1.0,
        xfade: _Control = 20,
        mode: _Integer = 1,
        xfadeshape: _Integer = 0,
        startfromloop: bool = False,
        interp: _Integer = 2,
        autosmooth: bool = False,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...
    @overload
    def __getitem__(self, i: int) -> _StreamObject: ...
    @overload
    def __getitem__(self, i: slice) -> list[_StreamObject]: ...
    @overload
    def __getitem__(self, i: Literal["trig", "time"]) -> PyoObject: ...
    def loopnow(self) -> None: ...
    def reset(self) -> None: ...
    def setDur(self, x: _Control) -> None: ...
    def setStart(self, x: _Control) -> None: ...
    def setTable(self, x: _Table) -> None: ...
    def setXfade(self, x: _Control) -> None: ...

class Max(PyoObject):
    def __init__(self, input: _Audio, comp: _Control = 0.5, mul: _Control = 1, add: _Control = 0) -> None: ...

class Metro(PyoObject):
    def __init__(self, time: _Control = 1, poly: int = 1) -> None: ...

class Min(PyoObject):
    def __init__(self, input: _Audio, comp: _Control = 0.5, mul: _Control = 1, add: _Control = 0) -> None: ...

class Mix(PyoObject):
    def __init__(self, input: _Audio, voices: int = 1, mul: _Control = 1, add: _Control = 0) -> None: ...

class Mixer(PyoObject):
    def __init__(
        self, outs: int = 2, chnls: int = 1, time: _Number = 0.025, mul: _Control = 1, add: _Control = 0
    ) -> None: ...
    def addInput(self, voice: int | str | None, input: _Audio) -> int | str: ...
    def delInput(self, voice: int | str) -> None: ...
    def setAmp(self, vin: int | str, vout: int, amp: float) -> None: ...

class MoogLP(PyoObject):
    input: PyoObject
    def __init__(
        self, input: _Audio, freq: _Control = 1000, res: _Control = 0, mul: _Control = 1, add: _Control = 0
    ) -> None: ...

class Noise(PyoObject):
    def __init__(self, mul: _Control = 1, add: _Control = 0) -> None: ...

class Osc(PyoObject):
    def __init__(
        self,
        table: _Table,
        freq: _Control = 1000,
        phase: _Control = 0,
        interp: _Integer = 2,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...
    def reset(self) -> None: ...
    def setFreq(self, x: _Control) -> None: ...
    def setPhase(self, x: _Control) -> None: ...
    def setTable(self, x: _Table) -> None: ...

class OscTrig(PyoObject):
    def __init__(
        self,
        table: _Table,
        trig: _Audio,
        freq: _Control = 1000,
        phase: _Control = 0,
        interp: _Integer = 2,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class Particle(PyoObject):
    def __init__(
        self,
        table: _Table,
        env: _Table,
        dens: _Control = 50,
        pitch: _Control = 1,
        pos: _Control = 0,
        dur: _Control = 0.1,
        dev: _Control = 0.01,
        pan: _Control = 0.5,
        chnls: int = 1,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class Phasor(PyoObject):
    def __init__(self, freq: _Control = 100, phase: _Control = 0, mul: _Control = 1, add: _Control = 0) -> None: ...

class PinkNoise(PyoObject):
    def __init__(self, mul: _Control = 1, add: _Control = 0) -> None: ...

class Port(PyoObject):
    def __init__(
        self,
        input: _Audio,
        risetime: _Control = 0.05,
        falltime: _Control = 0.05,
        init: _Number = 0,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class Pow(PyoObject):
    def __init__(self, base: _Control = 10, exponent: _Control = 1, mul: _Control = 1, add: _Control = 0) -> None: ...

class Randh(PyoObject):
    def __init__(
        self,
        min: _Control = 0.0,
        max: _Control = 1.0,
        freq: _Control = 1.0,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class Randi(PyoObject):
    def __init__(
        self, min: _Control = 0.0, max: _Control = 1.0, freq: _Control = 1.0, mul: _Control = 1, add: _Control = 0
    ) -> None: ...

class Reson(PyoObject):
    def __init__(
        self, input: _Audio, freq: _Control = 1000, q: _Control = 1, mul: _Control = 1, add: _Control = 0
    ) -> None: ...

class SampHold(PyoObject):
    def __init__(
        self,
        input: _Audio,
        controlsig: _Audio,
        value: _Control = 0.0,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class SDelay(PyoObject):
    def __init__(
        self, input: _Audio, delay: _Control = 0.25, maxdelay: _Number = 1, mul: _Control = 1, add: _Control = 0
    ) -> None: ...

class Select(PyoObject):
    def __init__(
        self,
        input: _Audio,
        value: _Integer = 0,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class STRev(PyoObject):
    def __init__(
        self,
        input: _Audio,
        inpos: _Control = 0.5,
        revtime: _Control = 1,
        cutoff: _Control = 5000,
        bal: _Control = 0.5,
        roomSize: _Number = 1,
        firstRefGain: _Number = -3,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class Sig(PyoObject):
    def __init__(self, value: _Control, mul: _Control = 1, add: _Control = 0) -> None: ...
    def setValue(self, x: _Control) -> None: ...

class SigTo(PyoObject):
    def __init__(
        self, value: _Control, time: _Control = 0.025, init: _Number = 0.0, mul: _Control = 1, add: _Control = 0
    ) -> None: ...
    value: _Control
    def setTime(self, x: _Control) -> None: ...
    def setValue(self, x: _Control) -> None: ...

class Sin(PyoObject):
    def __init__(self, input: _Audio, mul: _Control = 1, add: _Control = 0) -> None: ...

class Sine(PyoObject):
    def __init__(self, freq: _Control = 1000, phase: _Control = 0, mul: _Control = 1, add: _Control = 0) -> None: ...

class SmoothDelay(PyoObject):
    def __init__(
        self,
        input: _Audio,
        delay: _Control = 0.25,
        feedback: _Control = 0,
        crossfade: _Number = 0.05,
        maxdelay: _Number = 1,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class SVF2(PyoObject):
    def __init__(
        self,
        input: _Audio,
        freq: _Control = 1000,
        q: _Control = 1,
        shelf: _Control = -3,
        type: _Control = 0,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class Sqrt(PyoObject):
    def __init__(self, input: _Audio, mul: _Control = 1, add: _Control = 0) -> None: ...

class TableFill(PyoObject):
    def __init__(self, input: _Audio, table: _Table) -> None: ...
    def getCurrentPos(self) -> int: ...

class TableIndex(PyoObject):
    def __init__(self, table: _Table, index: _Audio, mul: _Control = 1, add: _Control = 0) -> None: ...

class TableScan(PyoObject):
    def __init__(self, table: _Table, mul: _Control = 1, add: _Control = 0) -> None: ...

class TableRec(PyoObject):
    def __init__(self, input: _Audio, table: _Table, fadetime: _Number = 0) -> None: ...

class Tanh(PyoObject):
    def __init__(self, input: _Audio, mul: _Control = 1, add: _Control = 0) -> None: ...

class Thresh(PyoObject):
    def __init__(
        self, input: _Audio, threshold: _Control = 0.0, dir: _Integer = 0, mul: _Control = 1, add: _Control = 0
    ) -> None: ...

class Tone(PyoObject):
    def __init__(self, input: _Audio, freq: _Control = 1000, mul: _Control = 1, add: _Control = 0) -> None: ...

class Trig(PyoObject):
    def __init__(self) -> None: ...

class TrigChoice(PyoObject):
    def __init__(
        self,
        input: _Audio,
        choice: list[float],
        port: _Number = 0.0,
        init: _Number = 0.0,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class TrigEnv(PyoObject):
    def __init__(
        self,
        input: _Audio,
        table: _Table,
        dur: _Control = 1,
        interp: _Integer = 2,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...
    def setDur(self, x: _Control) -> None: ...

class TrigFunc(PyoObject):
    def __init__(self, input: _Audio, function: Callable[..., object], arg: object = None) -> None: ...

class TrigRand(PyoObject):
    def __init__(
        self,
        input: _Audio,
        min: _Control = 0.0,
        max: _Control = 1.0,
        port: _Number = 0.0,
        init: _Number = 0.0,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class TrigRandInt(PyoObject):
    def __init__(
        self,
        input: _Audio,
        max: _Control = 100.0,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class Waveguide(PyoObject):
    def __init__(
        self,
        input: _Audio,
        freq: _Control = 100,
        dur: _Control = 10,
        minfreq: _Number = 20,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class WGVerb(PyoObject):
    def __init__(
        self,
        input: _Audio,
        feedback: _Control = 0.5,
        cutoff: _Control = 5000,
        bal: _Control = 0.5,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...

class Yin(PyoObject):
    def __init__(
        self,
        input: _Audio,
        tolerance: _Number = 0.2,
        minfreq: _Number = 40,
        maxfreq: _Number = 1000,
        cutoff: _Number = 1000,
        winsize: _Integer = 1024,
        mul: _Control = 1,
        add: _Control = 0,
    ) -> None: ...
