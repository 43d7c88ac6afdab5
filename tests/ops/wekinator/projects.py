"""Projects as Wekinator saves them, written by hand after its formats."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

HEAD = '<?xml version="1.0"?>\n'
NUMBER = """\
    <wekimini.osc.OSCNumericOutput>
      <name>{name}</name>
      <min>{low}</min>
      <max>{high}</max>
      <outputType>{kind}</outputType>
      <limitType>{limit}</limitType>
      <trainingDataLimitRestriction>DONT_ENFORCE_LIMITS</trainingDataLimitRestriction>
    </wekimini.osc.OSCNumericOutput>
"""
CLASSES = """\
    <wekimini.osc.OSCClassificationOutput>
      <name>Which pad?</name>
      <numClasses>3</numClasses>
      <isSendingDistribution>false</isSendingDistribution>
    </wekimini.osc.OSCClassificationOutput>
"""
DTW = """\
    <wekimini.osc.OSCDtwOutput>
      <name>move</name>
      <numGestures>2</numGestures>
      <gestureNames><string>Wave!</string><string>move_2</string></gestureNames>
      <gestureOscMessages><string>/wave</string><string>/move_2</string></gestureOscMessages>
    </wekimini.osc.OSCDtwOutput>
"""
INPUTS = ("x", "Y of the hand", "time")
"""The last one is called as a column of the ARFF file is."""


def input_config(names: Sequence[str] = INPUTS, address: str = "/wek/inputs") -> str:
    """`inputConfig.xml`."""
    listed = "".join(f"    <string>{name}</string>\n" for name in names)
    return (
        f"{HEAD}<OSCInputGroup>\n  <oscMessage>{address}</oscMessage>\n  <numInputs>{len(names)}</numInputs>\n"
        f"  <groupName>Inputs</groupName>\n  <inputNames>\n{listed}  </inputNames>\n</OSCInputGroup>"
    )


def output_config(*outputs: str, host: str = "localhost", port: int = 12001) -> str:
    """`outputConfig.xml`."""
    return (
        f"{HEAD}<OSCOutputGroup>\n  <oscMessage>/wek/outputs</oscMessage>\n  <hostName>{host}</hostName>\n"
        f'  <outputPort>{port}</outputPort>\n  <outputs class="linked-list">\n{"".join(outputs)}  </outputs>\n'
        "</OSCOutputGroup>"
    )


def arff(rows: Sequence[str], outputs: Sequence[str]) -> str:
    """`currentData.arff`: each row is a round, the inputs and the outputs."""
    head = ["@relation dataset", "", "@attribute ID numeric", "@attribute Time date 'yyyy/MM/dd HH:mm:ss:SSS'"]
    head += ["@attribute 'Training round' numeric", *(f"@attribute '{name}' numeric" for name in INPUTS)]
    head += [f"@attribute {output}" for output in outputs]
    lines = [f"{number},'2026/03/01 12:00:00:{number:03d}',{row}," for number, row in enumerate(rows, 1)]
    return "\n".join([*head, "", "@data", *lines, ""])


def model(inputs: Sequence[str], builder: str) -> bytes:
    """`model0.xml`: a stream of Java objects, of which the first is the XML, and the next ones are not read."""
    chosen = "".join(f"<string>{name}</string>" for name in inputs)
    xml = f'<Path><inputNames class="linked-list">{chosen}</inputNames>{builder}</Path>'.encode()
    return b"\xac\xed\x00\x05\x74" + struct.pack(">H", len(xml)) + xml + b"\x74\x00\x04null" + b"sr\x00\xff\xfe"


def builder(kind: str, more: str = "") -> str:
    """The settings of a model."""
    return f'<modelBuilder class="wekimini.learning.{kind}">{more}</modelBuilder>'


def write_project(folder: Path) -> Path:
    """A project with a number, a whole number and classes; two inputs of which the first two outputs follow some."""
    (folder / "current" / "models").mkdir(parents=True)
    (folder / "My Project.wekproj").write_text(
        f"{HEAD}<WekinatorFileData>\n  <oscReceivePort>6448</oscReceivePort>\n"
        "  <projectName>My Project</projectName>\n</WekinatorFileData>"
    )
    (folder / "inputConfig.xml").write_text(input_config())
    outputs = (
        NUMBER.format(name="Pitch (Hz)", low="-1.0", high="1.0", kind="REAL", limit="SOFT"),
        NUMBER.format(name="steps", low="1.0", high="5.0", kind="INTEGER", limit="HARD"),
        CLASSES,
    )
    (folder / "outputConfig.xml").write_text(output_config(*outputs))
    rows = [f"1,{0.2 + 0.01 * n:g},100,0.5,-0.5,2,1" for n in range(6)]
    rows += [f"2,{0.8 + 0.01 * n:g},400,0.5,0.5,4,3" for n in range(6)]
    rows += ["3,0.8,400,0.5,?,?,3"]
    columns = ["'Pitch (Hz)' numeric", "steps numeric", "'Which pad?' {0,1,2,3}"]
    (folder / "current" / "currentData.arff").write_text(arff(rows, columns))
    models = folder / "current" / "models"
    (models / "model0.xml").write_bytes(model(INPUTS, builder("NeuralNetModelBuilder")))
    (models / "model1.xml").write_bytes(model(INPUTS[:2], builder("LinearRegressionModelBuilder")))
    knn = builder("KNNModelBuilder", "<numNeighbors>3</numNeighbors>")
    (models / "model2.xml").write_bytes(model(["time", "x"], knn))
    return folder


def write_gestures(folder: Path) -> Path:
    """A project of two gestures, with two examples of the first and one of the second."""
    (folder / "current" / "models").mkdir(parents=True)
    (folder / "inputConfig.xml").write_text(input_config(("a", "b")))
    (folder / "outputConfig.xml").write_text(output_config(DTW))
    up = ",".join(f"{n / 20:g},{1 - n / 20:g}" for n in range(21))
    down = ",".join(f"{1 - n / 20:g},0.5" for n in range(21))
    lines = ["# First field is # dimensions of each datapoint", f"2,1,{up},", f"2,1,{up},", f"2,2,{down},"]
    (folder / "current" / "currentData.csv").write_text("\n".join([*lines, ""]))
    return folder
