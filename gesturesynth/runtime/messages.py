"""Messages between the processes: one type each, complete in itself.

Data runs one way: tracker -> conductor -> engine. Every message is a small frozen struct (msgspec, MessagePack on the
wire) that holds ALL that its receiver needs: the newest message alone is enough to go on, so a lost message or a
restarted process needs no protocol. The sockets: `runtime/pubsub.py`.

Units are in the names of fields: `_s` seconds, `_ms` milliseconds, `_db` decibels, `_mb` 1e6 bytes; what has no unit in
its name is described below. All times are monotonic seconds (`time.monotonic`), which all processes of one computer
share, unless the description says otherwise.

The tracker's `Pose` is in `runtime/poses.py`, and can be imported from here as the others can.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from gesturesynth.runtime import readings
from gesturesynth.runtime.patterns import OnBeat
from gesturesynth.runtime.poses import LANDMARKS as LANDMARKS  # noqa: PLC0414 - as the docstring says
from gesturesynth.runtime.poses import Body as Body  # noqa: PLC0414 - as the docstring says
from gesturesynth.runtime.poses import Pose as Pose  # noqa: PLC0414 - as the docstring says
from gesturesynth.runtime.preset_reports import EditReading
from gesturesynth.runtime.process_stats import ProcessStats
from gesturesynth.runtime.session_state import SessionState
from gesturesynth.runtime.tempo import Tempo
from gesturesynth.runtime.tracker_readings import TrackerReading
from gesturesynth.runtime.view_reading import NO_READING, ViewReading

# ---------------------------------------------------------------------------------------------------------- the tracker
SourceState = Literal["opening", "live", "waiting"]
"""`opening`: being opened now; `live`: frames arrive; `waiting`: lost, and opened again after a pause."""


class TrackerStatus(msgspec.Struct, frozen=True):
    """The state of the tracker. Sent twice a second, with or without frames.

    Attributes:
        time_s: monotonic time at which it was made, seconds; `pid` the process id of the tracker.
        source: a name for people: `USB Camera (/dev/video0)`, `demo performer`.
        state: of the source.
        detail: a sentence about the state, such as why the source is waiting; may be empty.
        fps: poses published a second, mean of the last two seconds, in Hz.
        frame_age_s: age of the newest frame, seconds; infinite before the first.
        inference_ms: duration of the landmarker's inference, mean of the frames of the last two seconds that were
            looked at, milliseconds.
        network: what the process can reach: `none`, or a sentence that says why it was not isolated.
        people: number of bodies in the newest pose.
        life: restarts, last fault and resources.
        network_advice: what to do about such a network; may be empty. view: what keeps a person from being seen well.
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
    view: ViewReading = NO_READING


# -------------------------------------------------------------------------------------------------------- the conductor
class InstrumentSetup(msgspec.Struct, frozen=True):
    """One instrument of a scene.

    Attributes:
        name: unique within the scene; the first half of `theremin.pitch`.
        kind: which instrument class plays it.
        fixed: values of parameters that no output is connected to, by name, each in its own unit.
        sounds: the absolute path of a folder with sound files, or of one, that it plays; empty for none.
    """

    name: str
    kind: str
    fixed: dict[str, float] = {}
    sounds: str = ""


class Scene(msgspec.Struct, frozen=True):
    """The instruments and parameters that the engine has to play. Changes when a preset is loaded or saved only.

    Attributes:
        preset: the preset's name, for people.
        instruments: built in this order.
        buses: effects that instruments send to, built in this order.
        parameters: `instrument.parameter` of each element of `Sound.values`.
        glides_s: the time in which each of them reaches a new value, seconds; same length.
        triggers: `instrument.trigger` of each element of `Sound.trigger_counts`.
        ceiling_db: the greatest level that leaves the engine, dBFS.
        gain_db: what each instrument is multiplied by, dB.
        on_beat: what follows the tempo.
        loudness_lufs: what the loudness guard and the limiters hold the piece to, LUFS.
        fade_in_s: duration of the fade-in when the engine starts, seconds.
        crossfade_in_s: duration of the crossfade from another preset, seconds; the engine's own when that is longer.
        name: of the scene, where a preset has several; empty where it has one. All of them have the same instruments.
        silent: instruments that other scenes play, and this one does not.
        scene_crossfade_s: duration of the crossfade from another scene of the same preset, likewise.
        voices: how many copies of each instrument, trigger and pattern there are, one for each person; their names:
            `voice_names.py`.
    """

    preset: str
    instruments: tuple[InstrumentSetup, ...]
    parameters: tuple[str, ...]
    glides_s: tuple[float, ...]
    triggers: tuple[str, ...] = ()
    ceiling_db: float = -3.0
    fade_in_s: float = 2.0
    crossfade_in_s: float = 0.0
    buses: tuple[InstrumentSetup, ...] = ()
    gain_db: float = 0.0
    loudness_lufs: float = 0.0
    on_beat: OnBeat = OnBeat()
    name: str = ""
    silent: tuple[str, ...] = ()
    scene_crossfade_s: float = 0.0
    voices: int = 1


class Sound(msgspec.Struct, frozen=True):
    """All that the engine needs to play. Sent at every tick of the conductor, at least ten times a second.

    Attributes:
        capture_time_s: capture time of the newest frame that it was computed from, monotonic seconds; the time of the
            tick when there was none.
        scene: part of every message (it is small), so that a new engine plays from its first message on.
        values: one for each of `scene.parameters`, in its own unit, or in whole notes (`scene.on_beat.notes`).
        trigger_counts: number of times that each of `scene.triggers` was fired since the conductor started. The engine
            fires when a number has grown, at most once a message; its first message only sets the reference.
        volume_db: the master volume, dB, at most 0.
        muted: silence, requested by a command.
        cue_counts: number of times that each of `synthesis.cues.CUES` was requested since the conductor started; used
            like `trigger_counts`.
        tempo: where beats are; None for a piece without a tempo.
        voices: the share of each of the scene's voices, 0..1; several are made as loud as one (`voice_shares.py`).
            Empty: all of them have all.
    """

    capture_time_s: float
    scene: Scene
    values: tuple[float, ...]
    trigger_counts: tuple[int, ...] = ()
    volume_db: float = 0.0
    muted: bool = False
    cue_counts: tuple[int, ...] = ()
    tempo: Tempo | None = None
    voices: tuple[float, ...] = ()


class ConductorStatus(msgspec.Struct, frozen=True):
    """The state of the conductor. Sent ten times a second.

    Attributes:
        time_s: monotonic time at which it was made, seconds; `pid` the process id of the conductor.
        preset: name of the preset that plays; `preset_error` a sentence when its file has an error now (may be empty).
        settings_error: the same for the file of settings, as it was at the start.
        model: what maps features to outputs, for people: `linear rbf, 18 examples`; `model_error`: why there is no
            newer one. `model_note`: a sentence about what the examples lack, though the model plays; empty without one.
        training: whether a fit is running.
        present: whether a person is in view, or in the take that plays instead; `confidence` 0..1: how near the pose
            is to what was taught.
        recognised: the class of the pose now, or an empty text. `people`: where several are followed, in order.
        features, outputs: the values now.
        latency_ms, latency_p99_ms: from the capture of a frame to the sending of its parameters, median and 99th
            percentile of the last two seconds, milliseconds; NaN without frames.
        notes: sentences about features that cannot be measured now.
        hours: the state of opening hours: `open until Tue 18:00`; empty where there are none.
        closed: whether it is silent, or about to be, because it is closed.
        session: the state of teaching.
        help_shown: whether keys are to be shown; `quitting`: `quit` was given, and the supervisor ends the processes.
        life: restarts, last fault and resources.
        osc: counts of OSC since the start (`control.osc.protocol.OscCounts`); empty where it is off.
        gestures: of the preset. `voices`: where each person has one; the rest is about the one that leads.
        origins: by output, where its model comes from: `taught` (takes), `factory` (the factory examples), `untaught`
            (it has none, and stays at its idle value or where it is), `source` (it has none, and follows its `from`).
        scale: the scale that pitches follow; `tempo`: the beat; `about`: what the preset says about itself.
        targets: what takes can be recorded for: snapshots, classes and gestures, in this order.
        adaptation: how the taught range follows the person in view.
        scenes: of the preset, in the order of its file; may be none. `scene`: the one that plays.
        edit: whether it is edited and not kept. `trackers`: where there are others than this computer's; else empty.
        predict_ms: how far the body is carried forward with its movement, milliseconds; 0 for not at all.
        words: the line of text that is to be read now; may be empty.
        by_inputs_alone: whether the preset looks at numbers of other programs only, and needs no tracker.
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
    features: tuple[readings.Reading, ...]
    outputs: tuple[readings.Reading, ...]
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
    gestures: tuple[readings.GestureReading, ...] = ()
    origins: dict[str, str] = {}
    scale: readings.ScaleReading = readings.ScaleReading()
    tempo: readings.TempoReading = readings.TempoReading()
    adaptation: readings.AdaptationReading = readings.AdaptationReading()
    about: str = ""
    scenes: tuple[str, ...] = ()
    scene: str = ""
    targets: tuple[readings.TeachingTarget, ...] = ()
    edit: EditReading = EditReading()
    voices: tuple[readings.VoiceReading, ...] = ()
    predict_ms: float = 0.0
    by_inputs_alone: bool = False
    people: tuple[readings.PersonReading, ...] = ()
    trackers: tuple[TrackerReading, ...] = ()
    words: str = ""


# ----------------------------------------------------------------------------------------------------------- the engine
class EngineStatus(msgspec.Struct, frozen=True):
    """The state of the engine. Sent ten times a second.

    Attributes:
        time_s: monotonic time at which it was made, seconds; `pid` the process id of the engine.
        backend: `jack`, `portaudio` or `null`; `device` a name for people.
        sample_rate: as read back from the audio server, Hz; `buffer_frames` likewise, sample frames.
        samples: the audio clock: samples since the engine started.
        level_db: RMS of the last tenth of a second, `peak_db` its greatest sample, dBFS after the master chain.
        true_peak_db: its greatest point at or between samples, dBTP.
        momentary_lufs, short_term_lufs: loudness after the master chain, of 0.4 s and 3 s (ITU-R BS.1770-5), LUFS.
        guard_db: the gain of the loudness guard, dB, at most 0.
        channels: that are played; `layout` how the loudspeakers stand, for people; `channel_names` one for each.
        channel_level_db, channel_peak_db: of each channel, as `level_db` and `peak_db`.
        xruns: number since the engine started; -1 where the backend cannot count them.
        preset: name of the preset whose scene is played; empty before the first message.
        detail: a sentence about anything unusual; may be empty.
        unheard: why the sound goes to no loudspeaker, though the settings ask for one; else empty.
        life: restarts, last fault and resources.
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
    true_peak_db: float = -120.0
    momentary_lufs: float = -120.0
    short_term_lufs: float = -120.0
    guard_db: float = 0.0
    channels: int = 2
    layout: str = "stereo"
    channel_names: tuple[str, ...] = ()
    channel_level_db: tuple[float, ...] = ()
    channel_peak_db: tuple[float, ...] = ()
