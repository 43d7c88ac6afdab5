"""The verbs that run one process each, such as `tracker` and `pose-server`. Their help is in `app.py`.

Each reads the settings, makes its process's own settings of them, and hands over to the `process` module of a package.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gesturesynth.cli.flags import (
    NO_AUDIO_FLAGS,
    NO_CAMERA_FLAGS,
    NO_OUTPUT_FLAGS,
    NO_PRESET_FLAGS,
    AudioFlags,
    CameraFlags,
    Config,
    OutputFlags,
    PresetFlags,
    chosen_settings,
    source_settings,
    with_flags,
)
from gesturesynth.core.search_paths import forbid_programs


def tracker(
    *,
    config: Config = None,
    camera: CameraFlags = NO_CAMERA_FLAGS,
    publish: Annotated[
        str | None,
        Parameter(
            show_default=False,
            help="Also publish the poses for other computers here, such as `tcp://0.0.0.0:9480`, by a pose server "
            "beside the tracker: `gesturesynth keys` says who gets them.",
        ),
    ] = None,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> int:
    """Runs `tracking.process`; with `publish`, both processes of a computer that has a camera and plays nothing."""
    if publish is not None:
        from gesturesynth.cli.camera_computer import run_camera_computer

        output.configure("supervisor")
        return run_camera_computer(config, camera, publish, output)
    from gesturesynth.runtime.service import Service
    from gesturesynth.tracking.process import TrackerSettings, run_tracker

    output.configure("tracker")
    with Service(name="tracker") as service:
        chosen = chosen_settings(config, camera)
        return run_tracker(TrackerSettings(source_settings(chosen), chosen.model), service)


def conductor(
    *,
    config: Config = None,
    preset: PresetFlags = NO_PRESET_FLAGS,
    only_local: Annotated[
        bool, Parameter(negative="", help="With the tracker of this computer alone, whatever `trackers` says.")
    ] = False,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> int:
    """Runs `conductor.process`."""
    from gesturesynth.conductor.process import run_conductor
    from gesturesynth.conductor.settings import ConductorSettings
    from gesturesynth.config.settings.fallback import load_settings_or_fallback, save_last_known_good
    from gesturesynth.runtime.service import Service

    output.configure("conductor")
    forbid_programs()
    with Service(reloads=True, name="conductor") as service:
        own, settings_error = load_settings_or_fallback(config)
        if not settings_error:
            save_last_known_good(config, own)
        own_volume_db = None if preset.volume is None else own.volume
        chosen = with_flags(own, preset)
        if only_local:
            chosen = chosen.with_overrides({"trackers": []})
        return run_conductor(ConductorSettings.from_settings(chosen, own_volume_db, settings_error), service)


def pose_server(
    *,
    config: Config = None,
    address: Annotated[
        str | None, Parameter(show_default=False, help="Where to listen (`publish.address` in gesturesynth.yaml).")
    ] = None,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> int:
    """Runs `remote_poses.process`."""
    from gesturesynth.core.errors import UserError
    from gesturesynth.remote_poses.addresses import parse_address
    from gesturesynth.remote_poses.process import PoseServerSettings, run_pose_server
    from gesturesynth.runtime.service import Service

    output.configure("pose-server")
    forbid_programs()
    with Service(name="pose-server") as service:
        chosen = chosen_settings(config).with_overrides({"publish.address": address}).publish
        if not chosen.address:
            raise UserError("there is no address to publish at: set `publish.address`, or give --address")
        return run_pose_server(PoseServerSettings(parse_address(chosen.address, to_bind=True)), service)


def engine(*, config: Config = None, audio: AudioFlags = NO_AUDIO_FLAGS, output: OutputFlags = NO_OUTPUT_FLAGS) -> int:
    """Runs `synthesis.process`."""
    from gesturesynth.runtime.service import Service
    from gesturesynth.synthesis.audio.backends import AudioSettings
    from gesturesynth.synthesis.process import EngineSettings, run_engine

    output.configure("engine")
    forbid_programs()
    with Service(name="engine") as service:
        settings = chosen_settings(config, audio)
        chosen = settings.audio
        wanted = AudioSettings(
            chosen.backend, chosen.device, chosen.sample_rate, chosen.buffer_frames, chosen.loudspeakers()
        )
        ear = settings.ear.ear_settings()
        return run_engine(EngineSettings(wanted, audio.record, chosen.record_limit_mb, ear=ear), service)


def keypad(
    *,
    config: Config = None,
    list_: Annotated[
        bool, Parameter(name="--list", negative="", help="Only list the keyboards and keypads that there are.")
    ] = False,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> int:
    """Runs `control.keypad.process`, or lists devices."""
    from gesturesynth.cli.listing import print_rows
    from gesturesynth.control.keypad.devices import list_devices
    from gesturesynth.control.keypad.process import KeypadSettings, run_keypad
    from gesturesynth.runtime.service import Service

    if list_:
        rows = list_devices()
        print_rows(rows, output, "name", "kind", "device")
        if not rows and not output.json:
            print("There is no keyboard or keypad here, or this system shows none to programs.")
        return 0
    output.configure("keypad")
    forbid_programs()
    with Service(name="keypad") as service:
        chosen = chosen_settings(config).keypad
        settings = KeypadSettings(chosen.device, chosen.grab, chosen.bindings, runtime=_conductor_folder())
        return run_keypad(settings, service)


def actions(*, config: Config = None, output: OutputFlags = NO_OUTPUT_FLAGS) -> int:
    """Runs `actions.process`."""
    from gesturesynth.actions.process import ActionsSettings, run_actions
    from gesturesynth.runtime.service import Service

    output.configure("actions")
    forbid_programs()
    with Service(name="actions") as service:
        chosen = chosen_settings(config).actions
        settings = ActionsSettings(
            chosen.addresses(), chosen.ip_networks(), chosen.rate, bool(chosen.keys), _conductor_folder()
        )
        return run_actions(settings, service)


def action_keys(*, config: Config = None, output: OutputFlags = NO_OUTPUT_FLAGS) -> int:
    """Runs `actions.keys.process`."""
    from gesturesynth.actions.keys.process import ActionKeysSettings, run_action_keys
    from gesturesynth.runtime.service import Service

    output.configure("action-keys")
    forbid_programs()
    with Service(name="action-keys") as service:
        chosen = chosen_settings(config).actions
        return run_action_keys(ActionKeysSettings(chosen.key_codes(), _conductor_folder()), service)


def _conductor_folder() -> Path:
    """The runtime folder of the conductor of this supervisor; without one, of the conductor that runs."""
    from gesturesynth.core import paths
    from gesturesynth.core.environment import SUPERVISED

    return paths.runtime_dir() if os.environ.get(SUPERVISED) else paths.running_dir()
