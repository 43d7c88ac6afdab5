"""What all voices of a preset play at a tick: for the status, and for other programs. Pure."""

from __future__ import annotations

from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.readings import VoiceReading


def voice_readings(piece: RunningPreset) -> tuple[VoiceReading, ...]:
    """The voices, for the status; none where the first person alone plays."""
    if len(piece.voices) == 1:
        return ()
    return tuple(
        VoiceReading(
            number,
            max(0, piece.place(number - 1).person),
            frame.present,
            piece.place(number - 1).share,
            piece.lead == number - 1,
            frame.recognised,
            frame.confidence,
            piece.output_readings(frame, number - 1),
        )
        for number, frame in enumerate(piece.frames or (), 1)
    )


def output_values(piece: RunningPreset) -> dict[str, float]:
    """The outputs of all voices, in their units, by name: `pitch`, of the second voice `2/pitch`."""
    names = [output.name for output in piece.preset.outputs]
    values: dict[str, float] = {}
    for voice, frame in enumerate(piece.frames or (), 1):
        own = names if voice == 1 else [f"{voice}/{name}" for name in names]
        values |= zip(own, frame.values.tolist(), strict=True)
    return values
