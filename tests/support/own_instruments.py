"""Files with instruments of a person's own, for tests."""

from __future__ import annotations

from pathlib import Path

from gesturesynth.synthesis.instruments.own import own_folder

HUM = """from gesturesynth.synthesis.instruments.toolkit import LEVEL, Graph, Instrument, Parameter, Trigger, gain
class Hum(Instrument):
    kind = "hum"
    about = "A tone."
    parameters = (
        Parameter("pitch", "Hz", 60.0, 240.0, "exp", 110.0, 0.2, "The tone."),
        LEVEL,
    )

    def build(self, pyo, controls):
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        return graph.Sine([control["pitch"], control["pitch"] * 1.002], mul=gain(graph, control["level"], -20.0))
"""
"""A good one."""


def put(text: str, kind: str = "hum") -> Path:
    """Writes a file into the config folder's `instruments/`."""
    own_folder().mkdir(parents=True, exist_ok=True)
    path = own_folder() / f"{kind}.py"
    path.write_text(text.replace('"hum"', f'"{kind}"'), encoding="utf-8")
    return path
