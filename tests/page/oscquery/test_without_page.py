"""OSCQuery without the page: by the unit of the page, and by a process that `run` starts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from gesturesynth.cli import playing, run
from gesturesynth.cli.app import app
from tests.support.page_process import page_process

ALONE = "page: {enabled: no}\noscquery: {without_page: yes, port: 0}\n"


def test_it_is_served_alone_where_the_settings_say_so(tmp_path: Path) -> None:
    config = tmp_path / "gesturesynth.yaml"
    config.write_text(ALONE)
    with page_process("--config", str(config)) as running:
        assert running.get("/")[1]["content-type"] == "application/json", "there is no page that a browser could get"
        info = json.loads(running.get("/?HOST_INFO")[2])
        assert info["WS_PORT"] == running.port
        assert "OSC_PORT" not in info, "no conductor runs"
        volume = json.loads(running.get("/gesturesynth/volume")[2])
        assert (volume["TYPE"], volume["RANGE"]) == ("f", [{"MIN": -60.0, "MAX": 0.0}])
        assert "VALUE" not in volume
        for path in ("/live", "/me", "/index.html"):
            assert running.get(path)[0] == 404
        with pytest.raises(InvalidStatus):
            running.live()
        assert running.get("/gesturesynth", {"X-Forwarded-For": "192.168.0.9"})[0] == 401


@pytest.mark.parametrize(
    ("text", "flags", "started"),
    [
        (ALONE, (), "oscquery"),
        ("oscquery: {without_page: yes}\n", ("--no-page",), "oscquery"),
        ("oscquery: {without_page: yes}\n", (), "page"),
        ("page: {enabled: no}\n", (), ""),
        ("page: {enabled: no}\noscquery: {without_page: yes, enabled: no}\n", (), ""),
    ],
)
def test_run_starts_the_process_where_there_is_no_page(
    text: str, flags: Sequence[str], started: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "gesturesynth.yaml"
    config.write_text(text)
    processes: list[Mapping[str, Sequence[str]]] = []

    def remembered(settings: run.RunSettings) -> int:
        processes.append(settings.arguments)
        return 0

    monkeypatch.setattr(run, "run", remembered)
    monkeypatch.setattr(playing, "raise_on_stop_signals", lambda: None)
    app(["run", "--source", "demo", "--config", str(config), *flags], result_action="return_value")
    assert {"page", "oscquery"} & set(processes[0]) == ({started} if started else set())
