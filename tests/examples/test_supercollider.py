"""The program for SuperCollider in a real sclang without a window."""

from __future__ import annotations

from pathlib import Path

from gesturesynth.control.osc.server import OscServer
from tests.support.example_programs import ExampleProgram
from tools.example_table import ROOT

PROGRAM = ROOT / "supercollider" / "gesturesynth.scd"
LISTENER = """
(
"FILE".load;
~gesture.onMessage = { |kind, name, value| "HEARD % % %".format(kind, name, value).postln };
Routine({
	while { ~gesture.features['hands.distance'].isNil or: { ~gesture.outputs[\\pitch].isNil } } { 0.05.wait };
	~gesture.send("select", 2);
	~gesture.send("record");
	~gesture.send("train");
	~gesture.send("undo");
	while { ~gesture.present == 0 or: { ~gesture.recognised != \\none } } { 0.05.wait };
	"KNOWN % %".format(~gesture.outputs[\\pitch], ~gesture.features['hands.distance']).postln;
}).play;
)
"""
ENVIRONMENT = {
    "QT_QPA_PLATFORM": "offscreen",
    "QTWEBENGINE_DISABLE_SANDBOX": "1",  # its help browser begins in any case, and as root not without this
    "HOME": "/nonexistent",  # no settings of a person
}


def test_it_receives_numbers_and_sends_commands(server: OscServer, tmp_path: Path) -> None:
    listener = tmp_path / "listener.scd"
    listener.write_text(LISTENER.replace("FILE", str(PROGRAM)), encoding="utf-8")
    environment = ENVIRONMENT | {"GESTURESYNTH_PORT": str(server.port), "XDG_RUNTIME_DIR": str(tmp_path)}
    wanted = ["KNOWN 440.0 1.5", "HEARD present  1", "HEARD people  1", "HEARD class  none"]
    wanted += ["/gesturesynth/record did record", "WARNING: /gesturesynth/undo did undo"]
    with ExampleProgram(["sclang", "-D", str(listener)], "supercollider-language", environment) as sclang:
        sclang.play(server, lambda: all(one in sclang.printed for one in wanted), str(wanted))
        assert sclang.calls == ["select 2", "record", "train", "undo"]
        assert "ERROR" not in sclang.printed
