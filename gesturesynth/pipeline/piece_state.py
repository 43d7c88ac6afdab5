"""What a preset that plays does at a tick, as other processes are told of it. Pure."""

from __future__ import annotations

from gesturesynth.features.computed.definition import label
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.pipeline.running_voice import RunningVoice
from gesturesynth.pipeline.voice_places import VoicePlace
from gesturesynth.runtime.piece_state import VoiceState


def voice_states(piece: RunningPreset) -> tuple[VoiceState, ...]:
    """All voices at the newest tick; none before the first one."""
    alone = len(piece.voices) == 1
    return tuple(
        _voice_state(piece, voice, frame, VoicePlace(share=1.0) if alone else piece.place(number))
        for number, (voice, frame) in enumerate(zip(piece.voices, piece.frames or (), strict=False))
    )


def _voice_state(piece: RunningPreset, voice: RunningVoice, frame: MapperFrame, place: VoicePlace) -> VoiceState:
    names = [output.name for output in piece.preset.outputs]
    return VoiceState(
        share=place.share,
        person=max(0, place.person),
        present=frame.present,
        confidence=frame.confidence,
        outputs=dict(zip(names, frame.values.tolist(), strict=True)),
        positions=dict(zip(names, frame.positions.tolist(), strict=True)),
        features=dict(zip(map(label, piece.columns), frame.features.predicted.tolist(), strict=True)),
        recognised=frame.recognised,
        entered=dict(voice.entered),
        performed=dict(voice.performed),
        struck=dict(voice.trigger_counts),
    )
