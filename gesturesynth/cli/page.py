"""`gesturesynth page`: the process that serves the web page, and the pairing of devices with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from gesturesynth.cli.flags import (
    NO_OUTPUT_FLAGS,
    NO_PAGE_FLAGS,
    Config,
    OutputFlags,
    PageFlags,
    chosen_settings,
)
from gesturesynth.core import paths
from gesturesynth.core.search_paths import forbid_programs

if TYPE_CHECKING:
    from gesturesynth.config.settings.settings import Settings
    from gesturesynth.runtime.service import Service

app = App(
    name="page",
    help="The process that serves the web page: statuses in, commands out, no device. And who may use the page.",
    help_format="plaintext",
)


@app.default
def page(*, config: Config = None, page: PageFlags = NO_PAGE_FLAGS, output: OutputFlags = NO_OUTPUT_FLAGS) -> int:
    """Runs the process that serves the page. `gesturesynth run` starts it, too."""
    from gesturesynth.page.network import Reach
    from gesturesynth.page.oscquery.settings import OscQuerySettings
    from gesturesynth.page.process import PageSettings, run_page
    from gesturesynth.page.server import Tls
    from gesturesynth.runtime.service import Service

    output.configure("page")
    forbid_programs()
    with Service(name="page") as service:
        settings = chosen_settings(config, page)
        if not settings.page.enabled and settings.oscquery.enabled and settings.oscquery.without_page:
            return _serve_oscquery(settings, service)  # the service of a gallery has no other unit for it
        chosen = settings.page
        tls = Tls(Path(chosen.certificate), Path(chosen.key)) if chosen.certificate else None
        names, reach = tuple(chosen.names), Reach(chosen.listen)
        oscquery = OscQuerySettings.of(settings)
        return run_page(
            PageSettings(chosen.port, chosen.enabled, reach, names, tls, _runtime(), config, oscquery), service
        )


def oscquery(
    *,
    config: Config = None,
    port: Annotated[
        int | None, Parameter(show_default=False, help="TCP port (`oscquery.port` in gesturesynth.yaml).")
    ] = None,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> int:
    """Runs `page.oscquery.process`. `gesturesynth run` starts it where there is no page and the settings ask for it."""
    from gesturesynth.runtime.service import Service

    output.configure("oscquery")
    forbid_programs()
    with Service(name="oscquery") as service:
        return _serve_oscquery(chosen_settings(config).with_overrides({"oscquery.port": port}), service)


def _serve_oscquery(settings: Settings, service: Service) -> int:
    from gesturesynth.core.errors import UserError
    from gesturesynth.page.oscquery.process import run_oscquery
    from gesturesynth.page.oscquery.settings import OscQuerySettings

    chosen = OscQuerySettings.of(settings)
    if chosen is None:
        raise UserError("OSCQuery is switched off by `oscquery.enabled` in gesturesynth.yaml")
    return run_oscquery(chosen, settings.oscquery.port, _runtime(), service)


def _runtime() -> Path:
    """The runtime folder of the other processes."""
    from gesturesynth.core.environment import SUPERVISED

    return paths.runtime_dir() if os.environ.get(SUPERVISED) else paths.running_dir()


@app.command
def pair(
    *,
    role: Annotated[
        Literal["look", "play", "teach"],
        Parameter(help="What the device may do: only look; play (presets, volume, mute, panic); or everything."),
    ] = "play",
    json: Annotated[bool, Parameter(negative="", help="JSON, for programs.")] = False,
) -> None:
    """Shows a code, as a picture and as digits, with which one device may use the page. It lives five minutes."""
    from gesturesynth.cli.pairing import pairing_text
    from gesturesynth.page.desk_socket import DeskRequest, ask_desk

    answer = ask_desk(DeskRequest("pair", role), paths.running_dir())
    if json:
        print_json({"code": answer.code, "address": answer.address, "role": role})
    else:
        print(pairing_text(answer.code, answer.address))


@app.command
def devices(*, json: Annotated[bool, Parameter(negative="", help="JSON, for programs.")] = False) -> None:
    """Lists the devices that were paired with the page."""
    from gesturesynth.cli.listing import print_rows
    from gesturesynth.page.desk_socket import DeskRequest, ask_desk

    answer = ask_desk(DeskRequest("devices"), paths.running_dir())
    rows = [
        {
            "number": str(one.number),
            "name": one.name,
            "role": one.role,
            "paired": one.paired,
            "connected": "yes" if one.connected else "",
        }
        for one in answer.devices
    ]
    print_rows(rows, OutputFlags(json=json), "number", "name", "role", "paired", "connected")
    if not rows and not json:
        print("No device is paired. `gesturesynth page pair` pairs one.")


@app.command
def revoke(
    number: Annotated[str, Parameter(help="Its number in `gesturesynth page devices`, or `all`.")],
) -> None:
    """Revokes a device: it is cut off at once, and has to be paired again."""
    from gesturesynth.core.errors import UserError
    from gesturesynth.page.desk_socket import DeskRequest, ask_desk

    if number != "all" and not (number.isdecimal() and int(number) > 0):
        raise UserError(f"'{number}' is no number of a device: `gesturesynth page devices` lists them; or `all`")
    answer = ask_desk(DeskRequest("revoke", number=0 if number == "all" else int(number)), paths.running_dir())
    for one in answer.devices:
        print(f"revoked: {one.name} ({one.number})")
    if not answer.devices:
        print("No device was paired.")


def print_json(facts: dict[str, str]) -> None:
    """Facts for programs."""
    import json

    print(json.dumps(facts))
