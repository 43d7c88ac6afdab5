"""Where the sound goes: a JACK server, a sound card through PortAudio, or no device, at the pace of the clock."""

from __future__ import annotations

import contextlib
import ctypes
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.synthesis.audio import device_probe
from gesturesynth.synthesis.audio.pyo_server import (
    CLIENT_NAME,
    NO_CAPTURE_PORT,
    NO_CAPTURE_PORTS,
    NO_MICROPHONE,
    chosen_microphone,
    make_server,
)
from gesturesynth.synthesis.audio.xruns import UNKNOWN, XrunCounter
from gesturesynth.synthesis.space.layout import STEREO, SpeakerLayout

if TYPE_CHECKING:
    from pyo import Server

AudioChoice = Literal["auto", "jack", "portaudio", "null"]
MOST_CATCH_UP: Final = 8
"""Buffers that the `null` backend computes at once after a delay; the rest is lost, as on a real device."""


BACKEND_HINT: Final = "with --audio (as a service, `audio.backend` in gesturesynth.yaml)"
DEVICE_HINT: Final = "with --device (as a service, `audio.device` in gesturesynth.yaml)"
"""Where to choose another one, for error sentences."""


class DeviceMissingError(GestureSynthError):
    """A device was named that is not there now: unplugged (trying again may help), or misspelt."""


@dataclass(frozen=True)
class AudioSettings:
    """What the user chose.

    Attributes:
        audio: which backend; `auto` takes the first that works of JACK, PortAudio, null.
        device: part of the name of a PortAudio device, or of JACK's playback ports; empty for the system's own choice.
        sample_rate: Hz; a JACK server decides itself.
        buffer_frames: frames; a JACK server decides itself.
        layout: the loudspeakers.
        microphone: part of the name of what is listened to, empty for the system's own choice; None where the
            microphone stays closed.
    """

    audio: AudioChoice = "auto"
    device: str = ""
    sample_rate: int = 48000
    buffer_frames: int = 256
    layout: SpeakerLayout = STEREO
    microphone: str | None = None


class Backend(ABC):
    """A booted, running pyo server and what it plays through. One a process.

    Attributes:
        name: `jack`, `portaudio` or `null`.
        device: for people.
        note: a sentence about an unusual choice; may be empty.
        server: the pyo server.
        sample_rate, buffer_frames: as read back from it, Hz and frames.
        layout: the loudspeakers that it plays through: as chosen, or fewer where the device has no more outputs.
        microphone: the name of what it listens to; empty where it listens to nothing.
        ear_note: why it listens to nothing, though that was asked for, or to what nothing is connected; may be empty.
    """

    name: ClassVar[str]

    def __init__(self, server: Server, device: str, layout: SpeakerLayout, note: str = "") -> None:
        self.server = server
        self.device = device
        self.layout = layout
        self.note = note
        self.microphone = self.ear_note = ""
        self._abandoned = False
        # There is no MIDI here, and opening it takes time and writes to the terminal.
        server.deactivateMidi()
        with _stderr_silenced() if self.name == "portaudio" else contextlib.nullcontext():
            server.boot()
        if not server.getIsBooted():
            raise GestureSynthError(f"the audio backend '{self.name}' did not start with {device}")
        self.sample_rate = float(server.getSamplingRate())
        self.buffer_frames = int(server.getBufferSize())
        server.start()

    def pump(self, now_s: float) -> float:  # noqa: ARG002 - for backends that need it
        """Does what is due at the monotonic time `now_s`; returns how long the caller may wait, in seconds."""
        return 0.02

    @property
    def samples(self) -> int:
        """The audio clock: samples since boot."""
        return int(self.server.getCurrentTimeInSamples())

    @abstractmethod
    def xruns(self) -> int:
        """Gaps in the sound since boot; -1 where they cannot be counted."""

    def failure(self) -> str:
        """A sentence when the server has gone, else an empty text. The caller checks whether the clock stands still."""
        if not self.server.getIsBooted():
            return f"the audio server has gone ({self.name}, {self.device})"
        if int(self.server.getBufferSize()) != self.buffer_frames:
            # pyo does not make new buffers: it would go on with the wrong ones.
            return f"the buffer size changed from {self.buffer_frames} to {int(self.server.getBufferSize())} frames"
        return ""

    def close(self) -> None:
        """Stops the sound and releases the device; does nothing after `abandon`."""
        if not self._abandoned and self.server.getIsBooted():
            self.server.stop()
            self.server.shutdown()

    def abandon(self) -> None:
        """Leaves everything as it is, for a process that is about to end.

        Closing a client of a sound server that hangs would wait for ever, and pyo closes it when its server object is
        deleted: one reference too many prevents that.
        """
        self._abandoned = True
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self.server))


class JackBackend(Backend):
    """Plays through a JACK server that runs already; starts none.

    Args:
        found: what the probe found out about the server.
        device: part of the names of the ports to connect to; empty for the first physical ones.
        wanted: the loudspeakers.
    """

    name = "jack"

    def __init__(
        self, found: dict[str, Any], device: str = "", wanted: SpeakerLayout = STEREO, microphone: str | None = None
    ) -> None:
        ports = [port for port in found["playback"] if device.lower() in port.lower()]
        if device and not ports:
            raise DeviceMissingError(
                f"no JACK port to play to has '{device}' in its name; there are: "
                f"{', '.join(found['playback']) or 'none'}. Choose another {DEVICE_HINT}, or leave it empty."
            )
        # pyo would start a server of its own if this one had ended since the probe.
        os.environ["JACK_NO_START_SERVER"] = "1"
        jack_name = os.environ.get("JACK_DEFAULT_SERVER", "default")
        layout = wanted.with_outputs(len(ports)) if ports else wanted
        ports = ports[: layout.channels]
        # A JACK client must not have its server's name. JACK itself tells two clients of one name apart.
        client = CLIENT_NAME if jack_name != CLIENT_NAME else f"{CLIENT_NAME}-{os.getpid()}"
        inputs = 0 if microphone is None else 1
        server = make_server(
            "jack", found["sample_rate"], found["buffer_frames"], client, layout.channels, inputs=inputs
        )
        # pyo's own way to connect reads beyond its list when there are no ports called 'system', or more than two.
        server.setJackAuto(False, False)
        note = "the JACK server has no physical outputs: connect the ports by hand"
        if ports:
            server.setJackAutoConnectOutputPorts([[port] for port in ports])
            note = fewer_outputs(wanted, layout)
        heard = [port for port in found["capture"] if (microphone or "").lower() in port.lower()][:1]
        if inputs and heard:
            server.setJackAutoConnectInputPorts([heard])
        super().__init__(server, f"JACK server '{jack_name}'" + self._port_names(ports), layout, note)
        if microphone is not None:
            self.microphone = heard[0] if heard else "a JACK port"
            self.ear_note = "" if heard else NO_CAPTURE_PORT if found["capture"] else NO_CAPTURE_PORTS
        if layout.channels > 2:
            server.setJackOutputPortNames([f"speaker_{name}" for name in layout.channel_names])
        self._counter = XrunCounter(f"{CLIENT_NAME}-xruns")

    @staticmethod
    def _port_names(ports: list[str]) -> str:
        if len(ports) > 2:
            return f", {ports[0]} to {ports[-1]} ({len(ports)} channels)"
        return f", {' and '.join(ports)}{' (mono)' * (len(ports) == 1)}" if ports else ""

    def xruns(self) -> int:
        """As JACK counts them for the whole server."""
        return self._counter.count()

    def close(self) -> None:
        """Leaves the JACK server, if it is still there."""
        if not self._abandoned and self.server.getIsBooted():
            self._counter.close()
        super().close()


class PortAudioBackend(Backend):
    """Plays through a sound card.

    Args:
        devices: what the probe found, at least one.
        settings: which of them, at which rate and buffer.
        inputs: what the probe found that can record.
    """

    name = "portaudio"

    def __init__(
        self, devices: list[dict[str, Any]], settings: AudioSettings, inputs: Sequence[dict[str, Any]] = ()
    ) -> None:
        wanted = [entry for entry in devices if settings.device.lower() in entry["name"].lower()]
        if not wanted:
            raise DeviceMissingError(
                f"no sound device has '{settings.device}' in its name; there are: "
                f"{', '.join(entry['name'] for entry in devices)}. Choose another {DEVICE_HINT}, or leave it empty."
            )
        chosen = next((entry for entry in wanted if entry["default"]), wanted[0])
        layout = settings.layout.with_outputs(chosen["channels"])
        heard = chosen_microphone(inputs, settings.microphone)
        note = fewer_outputs(settings.layout, layout)
        channels = layout.channels
        server = make_server(
            "portaudio", settings.sample_rate, settings.buffer_frames, channels=channels, inputs=1 if heard else 0
        )
        server.setOutputDevice(chosen["index"])
        if heard:
            server.setInputDevice(heard["index"])
        try:
            super().__init__(server, chosen["name"], layout, note)
        except GestureSynthError:
            if not heard:
                raise
            # A microphone that does not open must not keep the piece from sounding.
            server = make_server("portaudio", settings.sample_rate, settings.buffer_frames, channels=channels)
            server.setOutputDevice(chosen["index"])
            super().__init__(server, chosen["name"], layout, note)
            self.ear_note = f"the microphone '{heard['name']}' cannot be opened together with {chosen['name']}"
            return
        self.microphone = heard["name"] if heard else ""
        if settings.microphone is not None and not heard:
            self.ear_note = (
                f"there is no microphone with '{settings.microphone}' in its name" if inputs else NO_MICROPHONE
            )

    def xruns(self) -> int:
        """PortAudio's callback flags do not come through pyo: -1."""
        return UNKNOWN


class NullBackend(Backend):
    """Plays to no device, at the pace of the clock: everything else works as with a device.

    `pump` computes the buffers that are due, in the caller's own thread.
    """

    name = "null"

    def __init__(self, settings: AudioSettings, note: str = "") -> None:
        layout = settings.layout
        server = make_server("manual", settings.sample_rate, settings.buffer_frames, channels=layout.channels)
        super().__init__(server, "no device", layout, note)
        if settings.microphone is not None:
            self.ear_note = "without an audio device nothing is listened to"
        self._buffer_s = self.buffer_frames / self.sample_rate
        self._next_s = time.monotonic()
        self._lost = 0

    def pump(self, now_s: float) -> float:
        """Computes what is due by `now_s`, at most `MOST_CATCH_UP` buffers; what is later still is dropped."""
        for _ in range(MOST_CATCH_UP):
            if self._next_s > now_s:
                break
            self.server.process()
            self._next_s += self._buffer_s
        if self._next_s <= now_s:
            missed = int((now_s - self._next_s) / self._buffer_s) + 1
            self._lost += missed
            self._next_s += missed * self._buffer_s
        # Not less than the loop's poll can wait, or it would spin.
        return max(0.001, self._next_s - time.monotonic())

    def xruns(self) -> int:
        """Buffers that were dropped."""
        return self._lost


def fewer_outputs(wanted: SpeakerLayout, there: SpeakerLayout) -> str:
    """A sentence where a device has fewer outputs than are wanted; else an empty text."""
    if there.channels >= wanted.channels:
        return ""
    plays = {1: "mono", 2: "stereo"}.get(there.channels, f"{there.channels} channels")
    return (
        f"`audio.channels` asks for {wanted.channels} loudspeakers and the device has fewer outputs: everything plays "
        f"in {plays}"
    )


@contextlib.contextmanager
def _stderr_silenced() -> Iterator[None]:
    """Nothing reaches standard error: ALSA and PortAudio write a hundred lines about devices that were not chosen."""
    kept = os.dup(2)
    with open(os.devnull, "wb") as null:  # noqa: PTH123 - a device, not a path to work with
        os.dup2(null.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def open_backend(settings: AudioSettings) -> Backend:
    """Finds and starts what the settings choose.

    Raises:
        GestureSynthError: what was chosen by name is not there now; trying again later may help.
    """
    if settings.audio in ("auto", "jack"):
        found = device_probe.probe("jack").get("jack")
        if found:
            # With `auto` a device may as well be a sound card's name: PortAudio is asked next.
            with contextlib.suppress(*([DeviceMissingError] if settings.audio == "auto" else [])):
                return JackBackend(found, settings.device, settings.layout, settings.microphone)
        elif settings.audio == "jack":
            raise GestureSynthError(
                "there is no JACK server to play through. Start one (jackd, or PipeWire's), set JACK_DEFAULT_SERVER "
                f"if it is not called 'default', or choose another {BACKEND_HINT}."
            )
    if settings.audio in ("auto", "portaudio"):
        probed = device_probe.probe("portaudio")
        devices = probed.get("portaudio")
        if devices:
            return PortAudioBackend(devices, settings, probed.get("portaudio_inputs", ()))
        if settings.audio == "portaudio" or settings.device:
            which = f"with '{settings.device}' in its name" if settings.device else "that can play"
            hint = DEVICE_HINT if settings.device else f"backend {BACKEND_HINT}"
            raise GestureSynthError(f"there is no sound device {which}. Connect it, or choose another {hint}.")
    note = ""
    if settings.audio == "auto":
        note = "there is no JACK server and no sound device: the engine plays to no device, paced by the clock"
    return NullBackend(settings, note)
