"""`gesturesynth midi`: the process that sends and receives MIDI, and the ports that there are."""

from __future__ import annotations

import os
from typing import Annotated

from cyclopts import App, Parameter

from gesturesynth.cli.flags import NO_OUTPUT_FLAGS, Config, OutputFlags, chosen_settings
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.search_paths import forbid_programs

app = App(
    name="midi",
    help="The process that sends and receives MIDI: no camera, no network. And the ports that there are.",
    help_format="plaintext",
)


@app.default
def midi(
    *,
    config: Config = None,
    output_port: Annotated[
        str | None,
        Parameter(
            name="--out",
            show_default=False,
            help="Where MIDI goes: part of a port's name, or `virtual` (`midi.output` in gesturesynth.yaml).",
        ),
    ] = None,
    input_port: Annotated[
        str | None,
        Parameter(
            name="--in", show_default=False, help="Where MIDI comes from, likewise (`midi.input` in gesturesynth.yaml)."
        ),
    ] = None,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> int:
    """Runs the process that sends and receives MIDI. `run` starts it, too, where `midi.enabled` says so."""
    from gesturesynth.core.environment import NOTIFIED, SUPERVISED
    from gesturesynth.midi.process import MidiSettings, run_midi
    from gesturesynth.runtime.service import Service

    output.configure("midi")
    forbid_programs()
    if not os.environ.get(NOTIFIED) and _runs():  # two would play each note twice
        raise UserError(
            "MIDI is sent and received already: end `gesturesynth run` (or the service gesturesynth-midi) first, or "
            "name the ports in gesturesynth.yaml"
        )
    with Service(name="midi") as service:
        chosen = chosen_settings(config).with_overrides({"midi.output": output_port, "midi.input": input_port}).midi
        folder = paths.runtime_dir() if os.environ.get(SUPERVISED) else paths.running_dir()
        settings = MidiSettings(chosen.output, chosen.input, chosen.system, chosen.bindings, folder)
        return run_midi(settings, service)


@app.command
def ports(*, config: Config = None, output: OutputFlags = NO_OUTPUT_FLAGS) -> None:
    """Lists the ports of MIDI devices and programs, by the names that `midi.output` and `midi.input` look for."""
    from gesturesynth.cli.listing import print_rows
    from gesturesynth.midi.library import open_system
    from gesturesynth.midi.ports import list_ports

    try:
        system = open_system(chosen_settings(config).midi.system)
    except ConnectionError as error:
        raise GestureSynthError(f"there are no MIDI ports: {error}") from error
    try:
        rows = list_ports(system)
    finally:
        system.close()
    print_rows(rows, output, "name", "direction")
    if not rows and not output.json:
        print("No MIDI device is plugged in, and no program has a port.")


def _runs() -> bool:
    """Whether such a process reports, as it does twice a second."""
    from contextlib import closing

    import zmq

    from gesturesynth.runtime.midi_message import MidiReport
    from gesturesynth.runtime.pubsub import Subscriber

    with zmq.Context() as context, closing(Subscriber(context, MidiReport, paths.running_dir())) as reports:
        return reports.newest(1.0) is not None
