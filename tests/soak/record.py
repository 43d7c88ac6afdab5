"""What is written down during a soak: frozen structs, and all of it one JSON file at the end."""

from __future__ import annotations

import msgspec


class ProcessSample(msgspec.Struct, frozen=True):
    """One process at one moment.

    Attributes:
        name: `supervisor`, `tracker`, `conductor` or `engine`.
        age_s: since it was started.
        rss_mb: memory that it has in use, 1e6 bytes; `own_mb` what of that is neither a file's nor shared on purpose.
            Memory that is not shared at the moment would depend on which other programs use the same libraries.
        fds, threads: how many open files and threads it has.
    """

    name: str
    pid: int
    age_s: float
    rss_mb: float
    own_mb: float
    fds: int
    threads: int


class Sample(msgspec.Struct, frozen=True):
    """Everything at one moment.

    Attributes:
        time_s: monotonic.
        processes: those that live for long.
        family: how many processes there are in all, with trainers, and with zombies.
        runtime_files, temporary_files, shared_memory: how many entries: of the runtime folder, of the folder for
            temporary files, of /dev/shm (those of the soak's JACK server).
        state_mb: what the state folder takes on the disk, 1e6 bytes.
        takes: of the preset that plays.
        xruns: since the engine `engine_pid` began.
        latency_ms, latency_p99_ms: from a frame to its parameters.
        fps: poses a second.
        healthy: as `gesturesynth status` judges.
        calm: nothing was broken on purpose in the last moments, and nothing is being fitted.
    """

    time_s: float
    processes: tuple[ProcessSample, ...]
    family: int
    runtime_files: int
    temporary_files: int
    shared_memory: int
    state_mb: float
    takes: int
    engine_pid: int
    xruns: int
    latency_ms: float
    latency_p99_ms: float
    fps: float
    healthy: bool
    calm: bool


class Loudness(msgspec.Struct, frozen=True):
    """The loudness of a tenth of a second.

    Attributes:
        time_s: monotonic, at its end.
        rms, peak: of both channels, 1 is full scale; NaN when there were numbers that are none.
    """

    time_s: float
    rms: float
    peak: float


class FaultRecord(msgspec.Struct, frozen=True):
    """A fault that was made.

    Attributes:
        kind: its name.
        begin_s: monotonic.
        healthy_s: how long after that everything was well again; infinite when it was not in time.
        silence_s: so much silence is explained by it.
        victim: the process that may be started again because of it.
    """

    kind: str
    begin_s: float
    healthy_s: float
    silence_s: float
    victim: str = ""


class OscTraffic(msgspec.Struct, frozen=True):
    """OSC: what was sent and what came back.

    Attributes:
        commands, acks, errors: commands that were sent, and how they were answered.
        rubbish: datagrams that were none.
        states: that subscribers and those who asked were sent.
        answered_s: monotonic time of the newest answer.
    """

    commands: int = 0
    acks: int = 0
    errors: int = 0
    rubbish: int = 0
    states: int = 0
    answered_s: float = 0.0


class Soak(msgspec.Struct, frozen=True):
    """A whole soak.

    Attributes:
        begin_s, end_s: monotonic.
        ceiling: the greatest sample that the presets allow, 1 is full scale.
        sampled: every few seconds.
        heard: the loudness from begin to end.
        broken: the faults.
        trained, switched: how often.
        talk: the OSC traffic.
        missteps: sentences about what could not be done as planned.
        after: sentences about what was not as it should be at the end, and after the stop.
        said: lines of the log that do not belong to normal operation: which process was restarted, and why.
    """

    begin_s: float
    end_s: float
    ceiling: float
    sampled: tuple[Sample, ...]
    heard: tuple[Loudness, ...]
    broken: tuple[FaultRecord, ...]
    trained: int
    switched: int
    talk: OscTraffic
    missteps: tuple[str, ...]
    after: tuple[str, ...]
    said: tuple[str, ...] = ()
