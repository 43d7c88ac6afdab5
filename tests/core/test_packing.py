"""Messages whose texts hold names of files that are not UTF-8 can be sent, and end no process."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from gesturesynth.conductor.state_storage import StateStorage
from gesturesynth.control.session.context import Choices
from gesturesynth.core.packing import JSON, packed
from gesturesynth.runtime.messages import TrackerStatus
from tests.support.statuses import tracker_status

NOT_UTF8 = os.fsdecode(b"caf\xe9.mp4")
"""Latin-1 bytes of a name, as Python reads them from a folder."""


def status(detail: str) -> TrackerStatus:
    return TrackerStatus(1.0, 1, "clip", "waiting", detail, 0.0, 0.0, 0.0, "none")


def test_a_byte_that_is_not_utf8_is_replaced_by_a_mark() -> None:
    sent = packed(msgspec.msgpack.Encoder(), tracker_status(detail=f"{NOT_UTF8} cannot be read"))
    assert msgspec.msgpack.decode(sent, type=TrackerStatus).detail == "caf\ufffd.mp4 cannot be read"


def test_what_can_be_encoded_is_encoded_as_it_is() -> None:
    message = tracker_status(detail="café.mp4")
    assert packed(JSON, message) == msgspec.json.encode(message)


@pytest.mark.parametrize("message", [{NOT_UTF8: 1}, [NOT_UTF8], (NOT_UTF8, {"a": [NOT_UTF8]})])
def test_it_is_found_at_any_depth(message: object) -> None:
    assert b"\xef\xbf\xbd" in packed(JSON, message)


def test_a_preset_whose_name_is_no_text_is_remembered_to_the_byte(own_folders: Path) -> None:
    def begun() -> StateStorage:
        return StateStorage(-6.0, None, runtime=own_folders / "runtime" / "conductor", state=own_folders / "state")

    memory = begun()
    memory.begin()
    chosen = Path("/presets") / NOT_UTF8
    memory.update(chosen, Choices(-6.0, muted=False, panic=False, audition=True), None, 1.0)
    memory.close()
    assert begun().begin().preset == chosen
