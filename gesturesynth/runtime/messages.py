"""Messages between the processes: what each of them says, whole.

Data runs one way: tracker -> conductor -> engine. Every message is a small frozen struct (msgspec, MessagePack on the
wire) that holds the WHOLE of what its receiver needs: the newest message alone is enough to carry on, so a lost message
or a restarted process needs no protocol. How they travel: `runtime/pubsub.py`.

All times are monotonic seconds (`time.monotonic`), which all processes of one computer share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LANDMARKS: Final = 33
"""Landmarks of one body, in the order of the BlazePose topology."""


class ProcessStats(msgspec.Struct, frozen=True):
    """How a process has lived until now: part of the status of each. See `runtime/restart_history.py`.

    Attributes:
        started_s: monotonic time at which this life began; 0 where nobody keeps count.
        restarts: lives before this one, since the installation (or `gesturesynth run`) was started in order.
        last_fault: a sentence about how the newest of them ended that did not end in order; empty without one.
        last_fault_time: when that was, ISO 8601 in UTC; empty without one.
        rss_mb: memory in use, 1e6 bytes; where the system does not tell, the most that ever was.
        threads, fds: how many threads and open files it has; 0 where the system does not tell.
    """

    started_s: float = 0.0
    restarts: int = 0
    last_fault: str = ""
    last_fault_time: str = ""
    rss_mb: float = 0.0
    threads: int = 0
    fds: int = 0


# ---------------------------------------------------------------------------------------------------------- the tracker
class Body(msgspec.Struct, frozen=True):
    """One skeleton as it left the landmarker.

    Attributes:
        image: float32, shape (33, 4), C order: x, y, z, visibility. x and y are fractions of the frame's width and
            height (right, down; may leave 0..1), z is depth in the scale of x (towards the camera is negative).
            Visibility is 0..1.
        world: float32, shape (33, 3): metres from the middle of the hips (x right, y down, z away from the camera).
    """

    image: bytes
    world: bytes

    @classmethod
    def from_arrays(cls, image: NDArray[np.float32], world: NDArray[np.float32]) -> Body:
        """Packs arrays of shape (33, 4) and (33, 3); raises ValueError for any other shape."""
        import numpy as np  # noqa: PLC0415 - shells read statuses, and do not wait for numpy

        if image.shape != (LANDMARKS, 4) or world.shape != (LANDMARKS, 3):
            raise ValueError(f"a body has arrays of shape (33, 4) and (33, 3), not {image.shape} and {world.shape}")
        return cls(
            np.ascontiguousarray(image, dtype=np.float32).tobytes(),
            np.ascontiguousarray(world, dtype=np.float32).tobytes(),
        )

    def image_array(self) -> NDArray[np.float32]:
        """The image landmarks, float32 (33, 4), read-only."""
        import numpy as np  # noqa: PLC0415 - see above

        return np.frombuffer(self.image, dtype=np.float32).reshape(LANDMARKS, 4)

    def world_array(self) -> NDArray[np.float32]:
        """The world landmarks, float32 (33, 3), read-only."""
        import numpy as np  # noqa: PLC0415 - see above

        return np.frombuffer(self.world, dtype=np.float32).reshape(LANDMARKS, 3)


class Pose(msgspec.Struct, frozen=True):
    """What the tracker saw in one frame. No `bodies` means: a fresh frame, and nobody in it.

    Attributes:
        capture_time_s: monotonic time at which the frame was read from its source.
        sequence: counts frames of this tracker process, from 0.
        width, height: size of the (rotated) frame in pixels: the aspect ratio of the landmarks.
        bodies: at most one today.
        inference_s: how long the landmarker took.
    """

    capture_time_s: float
    sequence: int
    width: int
    height: int
    bodies: tuple[Body, ...]
    inference_s: float = 0.0


SourceState = Literal["opening", "live", "waiting"]
"""`opening`: trying now; `live`: frames are fresh; `waiting`: gone, reopened after a pause."""


class TrackerStatus(msgspec.Struct, frozen=True):
    """Twice a second, whether or not there are frames.

    Attributes:
        source: a name for people: `USB Camera (/dev/video0)`, `demo performer`.
        detail: a sentence about the state, such as why the source is waiting; may be empty.
        fps: poses published a second, over the last two seconds.
        frame_age_s: age of the newest frame; infinite before the first.
        network: what the process can reach: `none`, or a sentence that says why it was not cut off.
        people: how many bodies the newest pose has.
        network_advice: what to do about a network that it should not reach; empty where nothing is wrong.
    """

    time_s: float
    pid: int
    source: str
    state: SourceState
    detail: str
    fps: float
    frame_age_s: float
    inference_ms: float
    network: str
    people: int = 0
    life: ProcessStats = ProcessStats()
    network_advice: str = ""


# -------------------------------------------------------------------------------------------------------- the conductor
class InstrumentSetup(msgspec.Struct, frozen=True):
    """One instrument of a scene.

    Attributes:
        name: unique within the scene; the first half of `theremin.pitch`.
        kind: which instrument class plays it.
        fixed: parameters that no output moves, by name, in their own unit.
    """

    name: str
    kind: str
    fixed: dict[str, float] = {}


class Scene(msgspec.Struct, frozen=True):
    """What stands on the stage: it changes when a preset is loaded or saved, not while playing.

    Attributes:
        preset: the preset's name, for people.
        instruments: built in this order.
        parameters: `instrument.parameter` of each element of `Sound.values`.
        glides_s: the time each of them takes to reach a new value, same length.
        triggers: `instrument.trigger` of each element of `Sound.trigger_counts`.
        ceiling_db: no sample ever leaves the engine above this, dBFS.
        fade_in_s: how slowly the sound comes up when the engine starts.
    """

    preset: str
    instruments: tuple[InstrumentSetup, ...]
    parameters: tuple[str, ...]
    glides_s: tuple[float, ...]
    triggers: tuple[str, ...] = ()
    ceiling_db: float = -3.0
    fade_in_s: float = 2.0


class Sound(msgspec.Struct, frozen=True):
    """All that the engine needs to sound right, now. Sent at every step of the conductor, at least ten times a second.

    Attributes:
        capture_time_s: of the newest frame that went into it; the step's own time when there was none.
        scene: see there; small enough to travel along every time, so that a fresh engine plays from its first message.
        values: one for each of `scene.parameters`, in the parameter's own unit.
        trigger_counts: how often each of `scene.triggers` has fired since the conductor started; the engine fires on
            the difference, at most once a message, and takes the first message it sees as the zero mark.
        volume_db: the master volume, 0 dB or below.
        muted: silence wanted by a person.
        cue_counts: how often each of `synthesis.cues.CUES` was asked for since the conductor started; the same rule as
            for triggers.
    """

    capture_time_s: float
    scene: Scene
    values: tuple[float, ...]
    trigger_counts: tuple[int, ...] = ()
    volume_db: float = 0.0
    muted: bool = False
    cue_counts: tuple[int, ...] = ()


Phase = Literal["playing", "countdown", "recording"]
"""What a teaching session does besides playing, which it always does."""


class SessionState(msgspec.Struct, frozen=True):
    """All that a person wants to know about teaching. Every number is finite, so it can be written as JSON.

    Attributes:
        phase: see there.
        target: what a take would be for: `"1"` to `"9"` (a snapshot), the name of a class, or empty.
        countdown_s, take_left_s: what is left of them; 0 in other phases.
        take_held: the take lasts for as long as a key is held, or until nothing of `take_left_s` is left.
        audition: whether a chosen snapshot is heard.
        held: what is heard instead of the mapping: `"1"` to `"9"`, `random`, or empty.
        held_by: the class whose snapshot that is; empty when it is held by hand, or nothing is.
        training: whether a fit is under way; `train_again`: and another one is wanted after it.
        asking: the question that waits for the same command again; empty when there is none.
        volume_db: at most 0. `muted`, `panic`: silence, by either.
        message: the newest sentence for people; `message_bad`: it says that something was not done.
        last_command, last_by: the newest command with its values, and who sent it.
        takes: how many there are, by target.
        trained: the running model in words, empty before the first; `model_error`: why there is no newer one.
        can_undo, can_redo: whether there is something to take back, or to do again.
    """

    phase: Phase = "playing"
    target: str = ""
    countdown_s: float = 0.0
    take_left_s: float = 0.0
    take_held: bool = False
    audition: bool = True
    held: str = ""
    held_by: str = ""
    training: bool = False
    train_again: bool = False
    asking: str = ""
    volume_db: float = 0.0
    muted: bool = False
    panic: bool = False
    message: str = ""
    message_bad: bool = False
    last_command: str = ""
    last_by: str = ""
    takes: dict[str, int] = {}
    trained: str = ""
    model_error: str = ""
    can_undo: bool = False
    can_redo: bool = False


class Reading(msgspec.Struct, frozen=True):
    """One feature or output for people to look at. `position` is 0..1 within its range, for a bar."""

    name: str
    value: float
    unit: str
    position: float


class ConductorStatus(msgspec.Struct, frozen=True):
    """Ten times a second.

    Attributes:
        preset: name of the preset that plays; `preset_error` a sentence when its file is broken now (may be empty).
        settings_error: likewise of the file of settings, as it was at the start.
        model: what maps features to outputs, for people: `linear rbf, 18 examples`; `model_error` likewise.
        model_note: what the examples do not teach, though the model plays; empty when there is nothing to say.
        training: whether a fit is under way.
        present: somebody is there; `confidence` 0..1 how near the pose is to what was taught.
        recognised: the class of the pose now, or an empty text.
        latency_ms, latency_p99_ms: from the frame's capture to the parameters' departure, over the last two seconds.
        notes: sentences about features that cannot be seen now.
        hours: what opening hours say now: `open until Tue 18:00`; empty where there are none.
        closed: whether it is silent, or about to be, because it is closed.
        session: where teaching stands.
        help_shown: whether the keys are to be shown on the screen.
        quitting: somebody has asked for the end of everything; whoever supervises the processes ends them.
        osc: OSC since the start: how many datagrams came, and what became of their messages (`osc_protocol.Counts`);
            empty where it is off.
    """

    time_s: float
    pid: int
    preset: str
    preset_error: str
    model: str
    model_error: str
    training: bool
    present: bool
    confidence: float
    recognised: str
    features: tuple[Reading, ...]
    outputs: tuple[Reading, ...]
    latency_ms: float
    latency_p99_ms: float
    notes: tuple[str, ...] = ()
    hours: str = ""
    closed: bool = False
    session: SessionState = SessionState()
    help_shown: bool = False
    quitting: bool = False
    model_note: str = ""
    settings_error: str = ""
    life: ProcessStats = ProcessStats()
    osc: dict[str, int] = {}


# ----------------------------------------------------------------------------------------------------------- the engine
class EngineStatus(msgspec.Struct, frozen=True):
    """Ten times a second.

    Attributes:
        backend: `jack`, `portaudio` or `null`; `device` a name for people.
        sample_rate, buffer_frames: as read back from the server, Hz and frames.
        samples: the audio clock: samples since boot.
        level_db: RMS, `peak_db` greatest sample, of the last tenth of a second, dBFS after the master chain.
        xruns: since boot; -1 where the backend cannot count them.
        preset: of the scene that sounds; empty before the first message.
        detail: a sentence about anything unusual; may be empty.
        unheard: why it plays to nobody, though that is not what it was asked for; else empty.
    """

    time_s: float
    pid: int
    backend: str
    device: str
    sample_rate: float
    buffer_frames: int
    samples: int
    level_db: float
    peak_db: float
    xruns: int
    preset: str
    detail: str
    unheard: str = ""
    life: ProcessStats = ProcessStats()
