"""The tables of the reference pages, read back from their Markdown and held against the tables of the code.

`test_docs.py` tells that a page is what its writer makes of the code; this is a reader of its own, so that a writer
that gets a unit or an end of a range wrong is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from gesturesynth.config.preset.schema import PresetFile
from gesturesynth.config.settings.settings import Settings
from gesturesynth.config.yaml.model import written_fields
from gesturesynth.config.yaml.types import Quantity, Text, WholeNumber
from gesturesynth.control.arguments import Argument
from gesturesynth.control.command_table import COMMANDS, KEY_NAMES, Command
from gesturesynth.control.osc.addresses import BY_ADDRESS, CONFIRM, is_outgoing
from gesturesynth.features.catalogue import FEATURES
from gesturesynth.mapping.learning.model_kinds import AUTO_KIND, MODEL_KINDS
from gesturesynth.monitoring.metrics import METRICS
from gesturesynth.ops.doctor.registry import CHECKS
from gesturesynth.synthesis.effects import effect_kinds
from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.instruments.base import Parameter
from gesturesynth.synthesis.structure import layer_parameters
from tools.reference_pages import ROOT

Row = dict[str, str]
FACTORS = {"ms": ("s", 0.001), "kHz": ("Hz", 1000.0), "min": ("s", 60.0)}
"""Units that are written instead of a base unit."""
LAST = "about"
"""The column without a heading."""


@dataclass(frozen=True)
class Table:
    heading: str
    rows: list[Row]

    def by(self, column: str) -> dict[str, Row]:
        found = {row[column].strip("`"): row for row in self.rows}
        assert len(found) == len(self.rows), f"{self.heading}: a row is there twice"
        return found


def tables(page: str) -> Iterator[Table]:
    """The tables of a page, each with the heading above it."""
    heading, head = "", list[str]()
    rows: list[Row] = []
    for line in [*Path(ROOT / "docs" / page).read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("#"):
            heading = line.lstrip("# ").strip("`")
        if not line.startswith("|"):
            if rows:
                yield Table(heading, rows)
            head, rows = [], []
            continue
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if not head:
            head = [cell or LAST for cell in cells]
        elif set("".join(cells)) - set("- "):
            rows.append(dict(zip(head, cells, strict=True)))


def table_of(page: str, *columns: str) -> Table:
    """The one table of a page with these columns."""
    (found,) = (table for table in tables(page) if set(columns) <= table.rows[0].keys())
    return found


def quantity(text: str) -> tuple[float, str]:
    """`400 ms` is (0.4, "s")."""
    number, _, unit = text.partition(" ")
    base, factor = FACTORS.get(unit, (unit, 1.0))
    return float(number) * factor, base


def span(text: str) -> tuple[float, float, str]:
    """`20 to 400 ms` is (0.02, 0.4, "s"): the unit stands once and is that of both ends."""
    low, high = text.split(" to ")
    assert " " not in low, text
    (first, base), (last, _) = (quantity(f"{end} {high.partition(' ')[2]}".strip()) for end in (low, high.split()[0]))
    return first, last, base


def near(number: float) -> Any:
    """Equal but for the six digits that are printed."""
    return pytest.approx(number, rel=1e-3, abs=1e-12)


def test_this_reader_reads_units_of_both_ends() -> None:
    assert span("20 to 400 ms")[:2] == (near(0.02), near(0.4))
    assert span("-60 to 0 dB") == (-60.0, 0.0, "dB")
    assert span("0 to 1") == (0.0, 1.0, "")
    assert span("0.02 to 400 ms")[:2] != (near(0.02), near(0.4)), "as it once stood there"


def holds_parameters(rows: dict[str, Row], parameters: Iterable[Parameter]) -> None:
    assert list(rows) == [parameter.name for parameter in parameters]
    for parameter in parameters:
        row = rows[parameter.name]
        low, high, unit = span(row["range"])
        assert (low, high) == (near(parameter.low), near(parameter.high)), parameter
        assert unit == parameter.unit
        assert quantity(row["default"])[0] == near(parameter.default)
        assert quantity(row["default"])[1] == parameter.unit
        assert quantity(row["glide"]) == (near(parameter.glide_s), "s")
        assert row["spread"] == parameter.warp
        assert row[LAST] == parameter.help + " Can follow a scale." * parameter.pitch


def test_layers_and_effects() -> None:
    layers, *effects = tables("layers.md")
    holds_parameters(layers.by("parameter"), layer_parameters(["hall"]).values())
    assert [table.heading for table in effects] == list(effect_kinds())
    for table in effects:
        holds_parameters(table.by("parameter"), effect_kinds()[table.heading].parameters)


def test_instruments() -> None:
    found = list(tables("instruments.md"))
    parameters = {table.heading: table.by("parameter") for table in found if "parameter" in table.rows[0]}
    triggers = {table.heading: table.by("trigger") for table in found if "trigger" in table.rows[0]}
    assert list(parameters) == list(catalogue())
    for kind, player in catalogue().items():
        holds_parameters(parameters[kind], player.parameters)
        assert list(triggers.get(kind, {})) == [trigger.name for trigger in player.triggers]


def test_features() -> None:
    rows = {name: row for table in tables("features.md") for name, row in table.by("name").items()}
    assert list(rows) == list(FEATURES)
    for name, feature in FEATURES.items():
        low, high = (float(end) for end in rows[name]["moves about between"].split(" and "))
        assert (low, high) == (near(feature.low), near(feature.high))
        assert (rows[name]["unit"], rows[name][LAST]) == (feature.unit, feature.help)
        assert int(rows[name].get("numbers", "1")) == len(feature.recipes)


def test_models_and_their_settings() -> None:
    kinds = table_of("models.md", "model", "moves outputs").by("model")
    assert list(kinds) == list(MODEL_KINDS)
    for kind in MODEL_KINDS.values():
        row = kinds[kind.name]
        assert (row["moves outputs"] != "", row["tells classes apart"] != "") == (kind.continuous, kind.classes)
        autos = [row["moves outputs"].endswith("(`auto`)"), row["tells classes apart"].endswith("(`auto`)")]
        assert autos == [AUTO_KIND[use] == kind.name for use in ("continuous", "classes")]
    rows = {(row["model"].strip("`"), row["setting"].strip("`")): row for row in table_of("models.md", "setting").rows}
    assert list(rows) == [(kind.name, setting.name) for kind in MODEL_KINDS.values() for setting in kind.settings]
    for kind in MODEL_KINDS.values():
        for setting in kind.settings:
            row = rows[kind.name, setting.name]
            text = row["range"].removesuffix(", whole")
            assert span(text)[:2] == (near(setting.low), near(setting.high))
            assert (text != row["range"]) == setting.whole
            assert float(row["default"]) == near(setting.default)


# ------------------------------------------------------------------------------------------------- presets and settings
def sections(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[tuple[str, type[BaseModel]]]:
    """Every group of keys with the way to it, as headings of the reference have it."""
    yield ".".join(path), model
    for name, field in model.model_fields.items():
        inner, repeated = _section_in(field.annotation)
        if inner:
            yield from sections(inner, (*path, name, *(["NAME"] if repeated else [])))


def _section_in(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    for argument in get_args(annotation):
        inner, repeated = _section_in(argument)
        if inner:
            return inner, repeated or getattr(annotation, "__origin__", None) is dict
    return None, False


def checks(annotation: Any, kinds: tuple[type[Any], ...]) -> list[Any]:
    """What of some kinds stands in a type, at any depth."""
    inner = [one for part in get_args(annotation) for one in checks(part, kinds)]
    return [annotation, *inner] if isinstance(annotation, kinds) else inner


@pytest.mark.parametrize(
    ("page", "first", "model"), [("presets.md", "A preset", PresetFile), ("settings.md", "The file", Settings)]
)
def test_keys_of_files(page: str, first: str, model: type[BaseModel]) -> None:
    written = {table.heading: table for table in tables(page) if {"key", "value", "default"} <= table.rows[0].keys()}
    expected = dict(sections(model, ()))
    assert list(written) == [way or first for way in expected]
    for way, section in expected.items():
        rows = written[way or first].by("key")
        free = rows.pop("*any other*", None)
        assert (free is not None) == (section.model_config.get("extra") == "allow")
        assert list(rows) == list(written_fields(section))
        for name, field in written_fields(section).items():
            row = rows[name]
            assert row[LAST] == field.description
            assert (row["default"] == "*required*") == field.is_required()
            own = [*field.metadata, field.annotation]
            for check in [found for part in own for found in checks(part, (Quantity, WholeNumber))]:
                value = row["value"].removeprefix("NAME: ").removeprefix("list of: ").removeprefix("`[low, high]`, ")
                assert span(value) == (near(check.low), near(check.high), check.unit), f"{way}.{name}"
                if isinstance(field.default, int | float):
                    assert quantity(row["default"]) == (near(field.default), check.unit)
            for text in [found for part in own for found in checks(part, (Text,))]:
                assert f"at most {text.longest} characters" in row["value"]
            if isinstance(field.default, bool):
                assert (row["value"], row["default"]) == ("true or false", str(field.default).lower())
            elif isinstance(field.default, str):
                assert row["default"] == field.default
            assert row["value"] not in ("", "a text"), f"{way}.{name}: what may stand there is not said"


# --------------------------------------------------------------------------------------------- commands and addresses
def argument_words(argument: Argument) -> str:
    numbers = re.findall(r"-?[\d.]+", argument.range)
    if argument.low is not None and argument.high is not None:
        assert [float(number) for number in numbers] == [argument.low, argument.high]
        assert argument.range.endswith(argument.unit)
    return f"`{argument.name}`{' (optional)' if argument.optional else ''}: {argument.range}. {argument.help}"


def holds_arguments(row: Row, command: Command) -> None:
    assert [part for part in row["values"].split("<br>") if part] == [argument_words(one) for one in command.arguments]


def test_commands() -> None:
    rows = {text.split()[0]: row for text, row in table_of("commands.md", "command").by("command").items()}
    assert list(rows) == list(COMMANDS)
    for name, command in COMMANDS.items():
        row = rows[name]
        holds_arguments(row, command)
        assert row["OSC address"] == ("" if command.socket_only else f"`/gesturesynth/{name}`")
        assert command.address == f"/gesturesynth/{name}"
        keys = re.findall(r"`([^`]+)`", row["key"])
        own = [KEY_NAMES.get(key, key) for key in command.keys]
        assert keys == ([own[0], own[-1]] if "…" in row["key"] else own)
        assert row[LAST].startswith(command.help)
        assert ("asks first" in row[LAST].lower()) == (command.armed and name != "quit")


def test_addresses() -> None:
    listened, sent = (table.by("address") for table in tables("osc.md") if table.heading.startswith("What is "))
    assert list(listened) == list(BY_ADDRESS)
    for address, command in BY_ADDRESS.items():
        holds_arguments(listened[address], command)
        assert listened[address][LAST] == command.help + " Asks first." * command.armed
    assert all(is_outgoing(address) for address in sent if address != CONFIRM.address)  # it goes both ways
    assert not any(is_outgoing(address) for address in listened)


# ---------------------------------------------------------------------------------------------------------- monitoring
def test_figures_and_checks() -> None:
    figures = table_of("monitoring.md", "figure").by("figure")
    assert list(figures) == [f"gesturesynth_{figure.name}" for figure in METRICS]
    for figure in METRICS:
        row = figures[f"gesturesynth_{figure.name}"]
        assert (row["kind"], row[LAST]) == (figure.kind, figure.help)
        assert tuple(re.findall(r"`(\w+)`", row["labels"])) == figure.labels
    assert list(table_of("monitoring.md", "check").by("check")) == [check.name for check in CHECKS]
