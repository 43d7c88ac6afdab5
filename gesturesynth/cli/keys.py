"""`gesturesynth keys`: the key of this computer, and the computers that may receive its poses."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Annotated

from cyclopts import App, Parameter

from gesturesynth.cli.flags import NO_OUTPUT_FLAGS, OutputFlags
from gesturesynth.core import paths

OfService = Annotated[
    bool,
    Parameter(name="--service", negative="", help="Those of the system service, in /etc/gesturesynth; needs root."),
]

app = App(
    name="keys",
    help="The key of this computer for poses over the network, and the computers that may receive its poses.",
    help_format="plaintext",
)


@app.command
def new(
    *,
    replace: Annotated[
        bool, Parameter(negative="", help="Another one in the place of the one that this computer has.")
    ] = False,
    service: OfService = False,
) -> None:
    """Makes the key of this computer. Its secret half stays in a file that only its user can read."""
    _choose_folder(service=service)
    from gesturesynth.remote_poses.keys import key_text, make_own_key, own_key_file

    made = make_own_key(replace=replace, now=datetime.now(tz=UTC))
    print(f"The key of this computer is in {own_key_file()}. Its public half, for other computers:")
    print(key_text(made.public))


@app.command
def show(*, service: OfService = False, output: OutputFlags = NO_OUTPUT_FLAGS) -> None:
    """Prints the public half of this computer's key: other computers are given it."""
    _choose_folder(service=service)
    import json

    from gesturesynth.remote_poses.keys import key_text, own_key

    own = own_key()
    print(json.dumps({"key": key_text(own.public), "made": own.made}) if output.json else key_text(own.public))


@app.command
def allow(
    name: Annotated[str, Parameter(help="What the other computer is called here, such as `stage`.")],
    key: Annotated[str, Parameter(help="What `gesturesynth keys show` prints there.")],
    *,
    service: OfService = False,
) -> None:
    """Lets another computer receive the poses of this one, at once; a known name gets this key instead."""
    _choose_folder(service=service)
    from gesturesynth.remote_poses import allowed_keys

    entry = allowed_keys.allow(name, key, datetime.now(tz=UTC))
    print(f"'{entry.name}' may receive the poses of this computer.")


@app.command(name="list")
def list_(*, service: OfService = False, output: OutputFlags = NO_OUTPUT_FLAGS) -> None:
    """Lists the computers that may receive the poses of this one."""
    _choose_folder(service=service)
    from gesturesynth.cli.listing import print_rows
    from gesturesynth.remote_poses.allowed_keys import read_allowed
    from gesturesynth.remote_poses.keys import key_text

    rows = [{"name": entry.name, "allowed": entry.since, "key": key_text(entry.public)} for entry in read_allowed()]
    print_rows(rows, output, "name", "allowed", "key")
    if not rows and not output.json:
        print("No computer may receive the poses of this one. `gesturesynth keys allow NAME KEY` lets one.")


@app.command
def forget(
    name: Annotated[str, Parameter(help="The name from `gesturesynth keys list`.")], *, service: OfService = False
) -> None:
    """Refuses poses to a computer from now on; one that receives them is cut off within two seconds."""
    _choose_folder(service=service)
    from gesturesynth.remote_poses import allowed_keys

    allowed_keys.forget(name)
    print(f"'{name}' gets no poses of this computer any more.")


def _choose_folder(*, service: bool) -> None:
    """Works in the config folder of the service instead of the user's own."""
    if service:
        os.environ["GESTURESYNTH_CONFIG_DIR"] = str(paths.SYSTEM_CONFIG)
