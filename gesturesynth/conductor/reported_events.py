"""Events of the session whose outcome is reported to it: the worker or a process carries them out. Decides nothing."""

from __future__ import annotations

from gesturesynth.conductor.background_jobs import Events, Requester
from gesturesynth.conductor.example_changes import change_for
from gesturesynth.conductor.example_library_proxy import ExampleLibraryProxy
from gesturesynth.conductor.judging import Judging
from gesturesynth.conductor.output_switches import OutputSwitches
from gesturesynth.conductor.preset_edits import PresetEdits
from gesturesynth.conductor.scale_controls import ScaleControls
from gesturesynth.conductor.sound_controls import SoundControls
from gesturesynth.conductor.take_player import TakePlayer
from gesturesynth.conductor.ways_of_teaching import WaysOfTeaching
from gesturesynth.control.session import events as s
from gesturesynth.control.session.machine import Session


class ReportedEvents:
    """Begins what the events of `events.OUTCOME` ask for.

    Args:
        session: gets the results.
        sounds: what sounds.
        examples: takes and snapshots.
        ways: makes takes.
        switches: switches outputs.
        judging: evaluates and advises.
        player: plays takes.
        scales: changes the scale.
        edits: of the text of the preset.
    """

    def __init__(
        self,
        session: Session,
        *,
        sounds: SoundControls,
        examples: ExampleLibraryProxy,
        ways: WaysOfTeaching,
        switches: OutputSwitches,
        judging: Judging,
        player: TakePlayer,
        scales: ScaleControls,
        edits: PresetEdits,
    ) -> None:
        self._session = session
        self._sounds = sounds
        self._examples = examples
        self._ways = ways
        self._switches = switches
        self._judging = judging
        self._player = player
        self._scales = scales
        self._edits = edits

    def begin(self, event: s.Event, requester: Requester | None, now_s: float) -> None:
        """Begins what an event asks for; `requester` is answered with its outcome."""
        match event:
            case s.Evaluate():
                self._judging.evaluate(requester)
            case s.Advise():
                self._judging.advise(requester, now_s)
            case s.Nudge():
                self._ways.nudge(event, requester)
            case s.DeleteOutput():
                self._switches.delete_examples(event.output, requester)
            case s.SwitchOutput():
                self._switches.switch(event, requester)
            case s.ReadTake():
                self._player.read(event, requester)
            case s.ChangeScale():
                self._scales.change(event, requester)
            case s.TryText() | s.ChangeText() | s.KeepText() | s.DropText():
                self._edits.begin(event, requester)
            case s.SaveSound():
                save = self._examples.snapshot_saver(event.number, self._sounds.values)
                self._examples.change(save, self._session.sound_saved, self._session.failed, requester)
            case _:
                self._change_takes(event, requester)

    def _change_takes(self, event: s.Event, requester: Requester | None) -> None:
        change, text_if_unchanged = change_for(event, self._examples.preset)

        def report(text: str, now_s: float) -> Events:
            return self._session.done(text, now_s) if text else self._session.failed(text_if_unchanged, now_s)

        def fail(reason: str, now_s: float) -> Events:
            return self._session.failed(f"{reason[0].upper()}{reason[1:]}", now_s)

        self._examples.change(change, report, fail, requester)
