"""`gesturesynth layout`, as a person types it."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest

from gesturesynth.cli.app import app, exit_code_of


def typed(*words: str) -> int:
    return exit_code_of(
        lambda: app(["layout", *words], exit_on_error=False, print_error=False, result_action="return_value")
    )


def test_a_layout_is_written_and_no_file_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert typed("touchosc", "-p", "drums") == 0
    assert zlib.decompress((tmp_path / "drums.tosc").read_bytes()).startswith(b"<?xml")
    assert "5 pages (Play, Teach, Outputs, Sound, Pieces)" in capsys.readouterr().out
    assert typed("touchosc", "-p", "drums") == 2
    assert "drums.tosc exists already" in capsys.readouterr().err
    assert typed("touchosc", "-p", "drums", "--replace") == 0


def test_the_server_of_open_stage_control_sends_where_it_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "gesturesynth.yaml"
    config.write_text("preset: drone\nosc: {port: 9107}\n")
    file = tmp_path / "a.json"
    assert typed("open-stage-control", "--config", str(config), "-o", str(file), "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["file"] == str(file)
    assert "morph" in facts["left_out"]
    root = json.loads(file.read_text())["content"]
    assert (root["target"], root["comments"]) == ("127.0.0.1:9107", "Gesture Synth: Ground")
    for target in ("nonsense", "192.168.1.2", "192.168.1.2:0", "a'b:9000"):
        assert typed("open-stage-control", "--target", target, "-o", str(tmp_path / "b.json")) == 2
        assert f"'{target}' must be an address and a UDP port" in capsys.readouterr().err
    assert typed("open-stage-control", "--target", "192.168.1.2:9000", "-o", str(tmp_path / "c.json")) == 0
    assert json.loads((tmp_path / "c.json").read_text())["content"]["target"] == "192.168.1.2:9000"
    assert typed("touchosc", "-p", "nonsense", "-o", str(tmp_path / "d.tosc")) == 2
    assert typed("touchosc", "-o", str(tmp_path / "no" / "d.tosc")) == 2
