"""The state of a session as people and programs see it, made of its parts."""

from __future__ import annotations

from gesturesynth.control.session.context import SessionContext
from gesturesynth.control.session.events import ShowMessage
from gesturesynth.control.session.playback import Playback
from gesturesynth.control.session.sound import OutputState
from gesturesynth.control.session.take import Take
from gesturesynth.control.session.training import Fit
from gesturesynth.runtime.session_state import HandsFreeState, SessionState


def shown_state(  # noqa: PLR0917 - the parts of a session
    context: SessionContext,
    take: Take,
    target: str,
    output: OutputState,
    fit: Fit,
    playback: Playback,
    hands_free: HandsFreeState,
    *,
    asking: str,
    message: ShowMessage,
    last: tuple[str, str],
    now_s: float,
) -> SessionState:
    """The state at a time.

    Args:
        context: what there is to teach.
        take: countdown and recording.
        target: what the take is for, or the next one.
        output: what sounds.
        fit: the training.
        playback: the take that is played.
        hands_free: whether a pose is the record button.
        asking: the open question.
        message: the newest.
        last: the newest command, and its sender.
        now_s: monotonic seconds.
    """
    return SessionState(
        phase=take.phase,
        target=target,
        target_kind=context.kind(target),
        countdown_s=take.left_s("countdown", now_s),
        take_left_s=take.left_s("recording", now_s),
        take_held=bool(take.held_by),
        audition=output.audition,
        held=output.held,
        training=fit.under_way,
        train_again=fit.again,
        asking=asking,
        volume_db=output.volume_db,
        muted=output.muted,
        panic=output.panic,
        message=message.text,
        message_bad=message.failed,
        last_command=last[0],
        last_by=last[1],
        takes=context.takes,
        trained=context.trained,
        model_error=context.model_error,
        can_undo=context.can_undo,
        can_redo=context.can_redo,
        off=context.off,
        hands_free=hands_free,
        played_take=playback.take,
        played_left_s=playback.left_s(now_s),
    )
