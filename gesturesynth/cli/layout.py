"""`gesturesynth layout ...`: buttons and faders for Open Stage Control and TouchOSC, as files of these programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import App, Parameter

from gesturesynth.cli.flags import NO_OUTPUT_FLAGS, Config, OutputFlags, chosen_settings
from gesturesynth.core.errors import UserError

if TYPE_CHECKING:
    from gesturesynth.config.preset.model import Preset
    from gesturesynth.config.settings.settings import Settings
    from gesturesynth.ops.layouts.controls import ControlPage

app = App(
    name="layout",
    help="Buttons and faders for every command and output, as a layout for a tablet or a browser.",
    help_format="plaintext",
)

Out = Annotated[
    Path | None,
    Parameter(
        name=["--output", "-o"], show_default=False, help="The file to write; else a file here, as the preset is named."
    ),
]
PresetName = Annotated[
    str | None,
    Parameter(
        name=["--preset", "-p"], show_default=False, help="For which piece; else the one that the settings start with."
    ),
]
Replace = Annotated[bool, Parameter(negative="", help="Replace a file that is there.")]
THIS_COMPUTER: Final = "127.0.0.1"


@app.command(name="open-stage-control")
def open_stage_control(
    *,
    out: Out = None,
    preset: PresetName = None,
    target: Annotated[
        str | None,
        Parameter(
            show_default=False, help="Where its server sends OSC, such as 192.168.1.20:9000; else this computer."
        ),
    ] = None,
    replace: Replace = False,
    config: Config = None,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Writes a session (JSON) for Open Stage Control, which shows it in a browser or on a tablet."""
    from gesturesynth.ops.layouts.open_stage_control import session

    settings = chosen_settings(config)
    loaded, pages = _pages(settings, preset)
    text = session(loaded.name, pages, _target(target, settings))
    _write(out or Path(f"{loaded.key}.json"), text.encode(), pages, output, replace=replace)


@app.command
def touchosc(
    *,
    out: Out = None,
    preset: PresetName = None,
    replace: Replace = False,
    config: Config = None,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Writes a layout (.tosc) for TouchOSC on a phone or a tablet. Where it sends is chosen in that program."""
    from gesturesynth.ops.layouts.touchosc import layout

    loaded, pages = _pages(chosen_settings(config), preset)
    _write(out or Path(f"{loaded.key}.tosc"), layout(loaded.name, pages), pages, output, replace=replace)


def _pages(settings: Settings, preset: str | None) -> tuple[Preset, list[ControlPage]]:
    from gesturesynth.config.preset import loader
    from gesturesynth.config.preset.preset_files import preset_names
    from gesturesynth.mapping.pitch.scales import SCALES
    from gesturesynth.ops.layouts.controls import pages

    loaded = loader.load(loader.find(preset or settings.preset))
    return loaded, pages(loaded, preset_names(), SCALES, settings.volume)


def _target(target: str | None, settings: Settings) -> str:
    if target is None:
        return f"{THIS_COMPUTER}:{settings.osc.port or 9000}"
    host, _, port = target.rpartition(":")
    if not host or any(sign in host for sign in " '\"/\\") or not port.isdecimal() or not 0 < int(port) < 65536:
        raise UserError(f"--target: '{target}' must be an address and a UDP port, such as 192.168.1.20:9000")
    return target


def _write(file: Path, data: bytes, pages: list[ControlPage], output: OutputFlags, *, replace: bool) -> None:
    import json

    from gesturesynth.ops.layouts.controls import left_out

    try:
        with file.open("wb" if replace else "xb") as stream:
            stream.write(data)
    except FileExistsError:
        raise UserError(f"{file} exists already: name another file with -o, or replace it with --replace") from None
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror or error}") from error
    count = sum(len(page.controls) for page in pages)
    if output.json:
        print(json.dumps({"file": str(file), "controls": count, "left_out": left_out()}))
    elif not output.quiet:
        titles = ", ".join(page.title for page in pages)
        print(f"{file}: {count} controls on {len(pages)} pages ({titles}). Without one: {', '.join(left_out())}.")
