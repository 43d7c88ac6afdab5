"""Events of the session about how the piece plays, carried out on it at once: adaptation, prediction, tempo, scene."""

from __future__ import annotations

from typing import Final

from gesturesynth.control.session import events as s
from gesturesynth.control.session.context import PredictChoice
from gesturesynth.pipeline.running_preset import RunningPreset

OF_PIECE: Final = (s.SetAdapt, s.SetPredict, s.SetTempo, s.ChangeScene)
"""The events that `change_piece` carries out."""


def change_piece(piece: RunningPreset, event: s.Event, now_s: float) -> None:
    """Carries out one of `OF_PIECE`.

    Args:
        piece: that plays.
        event: any other changes nothing.
        now_s: monotonic seconds.
    """
    match event:
        case s.SetAdapt(on):
            piece.adapt(now_s, on=on)
        case s.SetPredict(ahead_s):
            piece.predict_s = ahead_s
        case s.SetTempo(bpm, beat):
            piece.beat.set(bpm, now_s, beat=beat)
        case s.ChangeScene(name):
            piece.change_scene(name, now_s)


def chosen_predict(piece: RunningPreset) -> PredictChoice | None:
    """What a command has said of the prediction, so that it can be stored; None while preset or settings say it."""
    own_s = piece.own_predict_s
    return None if piece.predict_s == own_s else PredictChoice(piece.predict_s, own_s)


def restore_predict(piece: RunningPreset, chosen: PredictChoice | None) -> None:
    """Predicts as a command said before the restart, unless preset or settings say something else now than then."""
    if chosen is not None and chosen.instead_of_s == piece.own_predict_s:
        piece.predict_s = chosen.ahead_s
