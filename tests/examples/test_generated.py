"""The files of examples/ that are made from tables: up to date, and whole in themselves."""

from __future__ import annotations

import csv
import itertools
import json
from pathlib import Path

import pytest

from gesturesynth.control.osc.addresses import BY_ADDRESS, is_outgoing
from gesturesynth.control.osc.streams import STREAMS
from tools.example_patches import FILES
from tools.example_table import BUTTONS, FEATURES, OUTPUTS, ROOT, WHAT


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_as_the_tables_say(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == FILES[path](), "run `make docs`"


def test_all_cords_of_the_max_patch_lead_from_an_outlet_to_an_inlet() -> None:
    patcher = json.loads((ROOT / "max" / "gesturesynth.maxpat").read_text(encoding="utf-8"))["patcher"]
    boxes = {one["box"]["id"]: one["box"] for one in patcher["boxes"]}
    assert len(boxes) == len(patcher["boxes"]), "each box has a number of its own"
    cords = [one["patchline"] for one in patcher["lines"]]
    for cord in cords:
        (source, outlet), (target, inlet) = cord["source"], cord["destination"]
        assert 0 <= outlet < boxes[source]["numoutlets"] == len(boxes[source]["outlettype"])
        assert 0 <= inlet < boxes[target]["numinlets"]
    assert len({(*cord["source"], *cord["destination"]) for cord in cords}) == len(cords)
    joined = {box for cord in cords for box in (cord["source"][0], cord["destination"][0])}
    lonely = [box for number, box in boxes.items() if number not in joined and box["maxclass"] != "comment"]
    assert lonely == []
    messages = [box["text"].split()[0] for box in boxes.values() if box["maxclass"] == "message"]
    assert [address for address in messages if address not in BY_ADDRESS] == []
    assert messages[1:] == [button.address for button in BUTTONS]
    routes = " ".join(box.get("text", "") for box in boxes.values() if box.get("text", "").startswith("route "))
    assert all(f"/output/{name} " in routes for name in OUTPUTS)
    assert all(f"/feature/{name} " in f"{routes} " for name in FEATURES)


def test_no_box_of_the_max_patch_lies_over_another() -> None:
    patcher = json.loads((ROOT / "max" / "gesturesynth.maxpat").read_text(encoding="utf-8"))["patcher"]
    for one, other in itertools.combinations([one["box"] for one in patcher["boxes"]], 2):
        (x, y, width, height), (left, top, wide, high) = one["patching_rect"], other["patching_rect"]
        apart = x >= left + wide or left >= x + width or y >= top + high or top >= y + height
        assert apart, (one.get("text"), other.get("text"))


def test_what_the_patches_subscribe_to_exists() -> None:
    assert set(WHAT.split("+")) <= STREAMS.keys()


def test_the_table_for_touchdesigner_has_every_address() -> None:
    with (ROOT / "touchdesigner" / "addresses.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["address"] for row in rows if row["direction"] == "out"] == list(BY_ADDRESS)
    incoming = [row for row in rows if row["direction"] == "in"]
    assert all(is_outgoing(row["address"]) for row in incoming)
    assert {row["subscribe"] for row in incoming} == set(STREAMS)


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("processing/gesturesynth.pde", '"features"'),
        ("p5/bridge.mjs", ""),
        ("supercollider/gesturesynth.scd", ""),
    ],
)
def test_what_the_sketches_subscribe_to_exists(name: str, pattern: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    wanted = [line for line in text.splitlines() if "outputs features people" in line]
    assert wanted, pattern
    for line in wanted:
        words = next(part for part in line.split('"') if part.startswith("outputs "))
        assert set(words.split()) <= STREAMS.keys()
