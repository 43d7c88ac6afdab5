"""`gesturesynth light`: the process that drives lamps; what it sends now, and a test of one channel."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from gesturesynth.cli.flags import NO_OUTPUT_FLAGS, Config, OutputFlags, chosen_settings
from gesturesynth.core import paths
from gesturesynth.core.search_paths import forbid_programs

if TYPE_CHECKING:
    from gesturesynth.runtime.light_message import LightStatus

app = App(
    name="light",
    help="The process that drives lamps over Art-Net or sACN (`light` in gesturesynth.yaml). What they do now, a test.",
    help_format="plaintext",
)
DRIVEN = "lamps are driven now: end `gesturesynth run` (or the service gesturesynth-light) first"
JSON = Parameter(name="--json", negative="", help="JSON, for programs.")


@app.default
def light(*, config: Config = None, output: OutputFlags = NO_OUTPUT_FLAGS) -> int:
    """Runs the process that drives lamps. `gesturesynth run` starts it, too, where `light.enabled` says so."""
    from gesturesynth.core.environment import NOTIFIED, SUPERVISED
    from gesturesynth.core.errors import UserError
    from gesturesynth.light.process import LightProcessSettings, run_light
    from gesturesynth.runtime.service import Service

    output.configure("light")
    forbid_programs()
    if not os.environ.get(NOTIFIED) and _newest(0.6) is not None:  # two would send over each other
        raise UserError(DRIVEN)
    with Service(name="light") as service:
        chosen = chosen_settings(config).light.light_settings()
        folder = paths.runtime_dir() if os.environ.get(SUPERVISED) else paths.running_dir()
        return run_light(LightProcessSettings(chosen, folder), service)


@app.command
def show(*, as_json: Annotated[bool, JSON] = False) -> None:
    """Prints the levels as they are sent now: of each universe the channels that are not 0."""
    import json

    from gesturesynth.light.show import frame_lines, status_facts

    status = _status()
    if as_json:
        print(json.dumps(status_facts(status)))
    else:
        print("\n".join(frame_lines(status)))


@app.command(name="test")
def light_channel(
    universe: Annotated[int, Parameter(help="A universe as presets count them; `light.universes` says where it is.")],
    channel: Annotated[int, Parameter(help="1 to 512.")],
    *,
    seconds: Annotated[float, Parameter(help="For how long.")] = 10.0,
    config: Config = None,
) -> None:
    """Lets one channel become bright and dark again, slowly, whatever a piece does; all others of it are dark."""
    from gesturesynth.core.errors import UserError
    from gesturesynth.light.channel_test import run_channel_test
    from gesturesynth.runtime.service import Service

    chosen = chosen_settings(config).light.light_settings()
    if not 0.0 < seconds <= 3600.0:
        raise UserError(f"a test lasts between 0 and 3600 s, not {seconds:g} s")
    if _newest(0.6) is not None:
        raise UserError(DRIVEN)
    print(f"{chosen.text()}: channel {channel} of universe {universe}, {seconds:g} s. Ctrl-C ends it.", flush=True)
    with Service() as service:  # lamps are put out, too, where it is ended by a signal
        sent = run_channel_test(chosen, universe, channel, seconds, lambda: service.stopping)
    print(f"{sent.packets} packets sent" + (f"; {sent.error}" if sent.error else ""))


def _status() -> LightStatus:
    from gesturesynth.core.errors import UserError

    status = _newest(1.0)
    if status is None:
        raise UserError(
            "no lamps are driven now: `gesturesynth light`, or `light: {enabled: true}` in gesturesynth.yaml and "
            "`gesturesynth run`"
        )
    return status


def _newest(limit_s: float) -> LightStatus | None:
    """The newest status of the process; None where it sends none."""
    from contextlib import closing

    import zmq

    from gesturesynth.runtime.light_message import LightStatus
    from gesturesynth.runtime.pubsub import Subscriber

    with zmq.Context() as context, closing(Subscriber(context, LightStatus, paths.running_dir())) as statuses:
        return statuses.newest(limit_s)
