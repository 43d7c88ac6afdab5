"""The context that the session needs for its decisions: preset, model, examples and opening hours as of now."""

from __future__ import annotations

from typing import Final

import msgspec

from gesturesynth.conductor.opening_hours_gate import OpeningHoursGate
from gesturesynth.conductor.piece_events import chosen_predict
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.conductor.scale_controls import chosen_scale
from gesturesynth.control.session.context import Choices, SessionContext
from gesturesynth.control.session.machine import Session
from gesturesynth.mapping.teaching.score import score_s, score_steps
from gesturesynth.pipeline.example_library import LibrarySummary
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.readings import TeachingTarget
from gesturesynth.runtime.session_state import SessionState

TAIL_S: Final = 0.5
"""For so long the last sound of a score is held on at its end: who follows it arrives later."""


def session_context(
    preset_manager: PresetManager, summary: LibrarySummary, gate: OpeningHoursGate, *, endless: bool
) -> SessionContext:
    """The context as of now.

    Args:
        preset_manager: gives preset and model.
        summary: takes and snapshots of the preset.
        gate: opening hours.
        endless: whether no command ends the program.
    """
    piece = preset_manager.piece
    preset = piece.in_scene
    steps = score_steps(preset.score, summary.snapshots)
    return SessionContext(
        preset=piece.preset.key,
        snapshots=frozenset(summary.snapshots),
        classes=tuple(piece.preset.classes),
        outputs=bool(preset.learned_outputs),
        score_s=score_s(steps) + TAIL_S if steps and preset.learned_outputs else 0.0,
        gestures=piece.preset.gesture_targets,
        takes=summary.takes,
        trained=preset_manager.model,
        model_error=preset_manager.model_error,
        can_undo=summary.can_undo,
        can_redo=summary.can_redo,
        holding=piece.holding,
        hours=gate.status_text,
        until=gate.until,
        closed=not gate.open,
        endless=endless,
        output_names=tuple(output.name for output in piece.preset.outputs),
        driven={output.name: output.source for output in piece.preset.outputs if output.source},
        named=summary.named,
        off=summary.off,
        newest_take=summary.newest,
        pitches=bool(piece.preset.pitches),
        scale=piece.scale.text if piece.scale else "",
        scenes=tuple(piece.preset.scenes),
        scene=piece.scene_name,
        adapts=piece.adapts if piece.adaptable else None,
        tempo=piece.beat.tempo is not None,
    )


def choices_of(session: Session, piece: RunningPreset) -> Choices:
    """What commands have chosen, so that it can be stored."""
    state, scale = session.state, chosen_scale(piece)
    return Choices(
        state.volume_db,
        state.muted,
        state.panic,
        state.audition,
        scale,
        session.hands_free,
        piece.beat.tempo,
        piece.scene_name,
        chosen_predict(piece),
    )


def state_with_holder(state: SessionState, piece: RunningPreset) -> SessionState:
    """The state of the session, with the class or gesture that holds its snapshot where no command holds a sound."""
    if state.held or not piece.holding:
        return state
    return msgspec.structs.replace(state, held=str(piece.held_snapshot), held_by=piece.holding)


def model_text(preset_manager: PresetManager, *, reasons: bool = False) -> str:
    """The description of the model, and a note about what the examples do not teach.

    Args:
        preset_manager: has the model.
        reasons: also what `auto` has become, and why.
    """
    note, mapping = preset_manager.model_note, preset_manager.mapping
    chosen = mapping.chosen if mapping and reasons else ()
    text = "; ".join([preset_manager.model, *(f"auto: {choice}" for choice in chosen)])
    return text + (f". {note[0].upper()}{note[1:]}" if note else "")


def teaching_targets(piece: RunningPreset) -> tuple[TeachingTarget, ...]:
    """What takes of a preset can be recorded for, as statuses show it: snapshots, then classes, then gestures."""
    snapshots = (
        TeachingTarget(str(number), "snapshot", dict(values)) for number, values in sorted(piece.snapshots.items())
    )
    classes = (TeachingTarget(name, "class") for name in piece.preset.classes)
    gestures = (TeachingTarget(name, "gesture") for name in piece.preset.gesture_targets)
    return (*snapshots, *classes, *gestures)
