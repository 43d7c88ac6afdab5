"""`gesturesynth try FILE`: plays an edited text of the preset that plays, and leaves its file as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gesturesynth.cli import remote
from gesturesynth.control.commands import COMMAND_LINE, call
from gesturesynth.core.errors import UserError


def try_(
    file: Annotated[Path, Parameter(help="The edited preset, a YAML file.")],
    *,
    json: Annotated[bool, remote.JSON] = False,
) -> int:
    """Sends the text of a file; its help is in `app.py`."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{file} is not UTF-8 text; save the file as UTF-8") from error
    return remote.run_command(call("try", (text,), COMMAND_LINE), json=json)
