"""Writes the generated parts of README.md and docs/*.md: `make docs`.

A page is written by hand, around blocks that are made from the code:

    <!-- generated: features -->
    ... a table ...
    <!-- end of features -->

What stands between the markers is replaced; everything else stays. A test fails when code and page differ.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Final

from gesturesynth.config import reference
from gesturesynth.config.preset import loader
from gesturesynth.config.yaml.types import format_quantity, format_range
from gesturesynth.control import commands as command_table
from gesturesynth.control.osc import addresses as osc_addresses
from gesturesynth.control.osc import wekinator_addresses
from gesturesynth.control.session.transitions import TAKING, TRAINING
from gesturesynth.core import paths
from gesturesynth.features.catalogue import FEATURES
from gesturesynth.features.expressions.functions import FUNCTIONS
from gesturesynth.features.feature import Feature
from gesturesynth.features.landmarks import order_rows
from gesturesynth.mapping.learning.model_kinds import AUTO_KIND, MODEL_KINDS, Setting
from gesturesynth.mapping.pitch.scales import SCALES
from gesturesynth.mapping.pitch.tunings import TUNINGS
from gesturesynth.monitoring.metric_spec import PREFIX
from gesturesynth.monitoring.metrics import METRICS
from gesturesynth.ops.doctor.registry import CHECKS
from gesturesynth.synthesis.effects import effect_kinds
from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.instruments.base import Parameter
from gesturesynth.synthesis.structure import layer_parameters

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "gesturesynth"
PACKAGES: Final = (
    "core",
    "runtime",
    "tracking",
    "features",
    "synthesis",
    "control",
    "remote_poses",
    "words",
    "actions",
    "light",
    "monitoring",
    "mapping",
    "midi",
    "config",
    "pipeline",
    "conductor",
    "ops",
    "page",
    "cli",
)

_BLOCK: Final = re.compile(r"<!-- generated: (?P<name>[a-z-]+) -->\n.*?<!-- end of (?P=name) -->", re.DOTALL)


def pages() -> list[Path]:
    """The README and every page of docs/."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def renewed(text: str) -> str:
    """The same page with new blocks. Raises `KeyError` for a block that is not in `BLOCKS`."""

    def block(match: re.Match[str]) -> str:
        name = match["name"]
        return f"<!-- generated: {name} -->\n{BLOCKS[name]().strip()}\n<!-- end of {name} -->"

    return _BLOCK.sub(block, text)


def names(text: str) -> list[str]:
    """The names of a page's blocks."""
    return [match["name"] for match in _BLOCK.finditer(text)]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


# ------------------------------------------------------------------------------------------------------------- presets
def shipped_presets() -> str:
    """The presets of the project, and how they are played."""
    loaded = [loader.load(path) for path in sorted(paths.presets_dir().glob("*.yaml"))]
    loaded.sort(key=lambda piece: piece.key != "theremin")  # the default first
    return _table(("preset", "piece", ""), ((f"`{piece.key}`", piece.name, piece.about) for piece in loaded))


def preset_example() -> str:
    """A preset with nearly every key."""
    return f"```yaml\n{reference.EXAMPLE}```"


def preset_keys() -> str:
    """Every key of a preset."""
    return _tables_of(reference.preset_reference())


def settings_keys() -> str:
    """Every key of gesturesynth.yaml."""
    return _tables_of(reference.settings_reference())


def _tables_of(page: str) -> str:
    """A reference without its own introduction."""
    return page[page.index("\n## ") :]


# ------------------------------------------------------------------------------------------------------------ features
def expression_functions() -> str:
    """Every function of expressions."""
    rows = ((f"`{one.usage}`", one.help) for one in FUNCTIONS.values() if not one.operator)
    return _table(("function", ""), rows)


def features() -> str:
    """Every feature, group by group."""
    groups = groupby(FEATURES.values(), attrgetter("group"))
    return "\n\n".join(_feature_group(group, list(found)) for group, found in groups)


def _feature_group(group: str, found: Sequence[Feature]) -> str:
    head = ["name", "unit", "moves about between", ""]
    vectors = any(len(feature.recipes) > 1 for feature in found)
    if vectors:
        head.insert(1, "numbers")
    rows = []
    for feature in found:
        row = [f"`{feature.name}`", feature.unit, f"{feature.low:g} and {feature.high:g}", feature.help]
        if vectors:
            row.insert(1, str(len(feature.recipes)))
        rows.append(row)
    return f"## {group.capitalize()}\n\n{_table(head, rows)}"


# --------------------------------------------------------------------------------------------------------- instruments
def instruments() -> str:
    """Every instrument with its parameters and triggers."""
    return "\n\n".join(_instruments())


def _instruments() -> Iterator[str]:
    for kind, player in catalogue().items():
        yield f"## `{kind}`\n\n{player.about}"
        yield _parameters(player.parameters)
        if player.sounds_help:
            yield f"`sounds`, a folder or a file: {player.sounds_help}"
        if player.triggers:
            yield _table(("trigger", ""), ((f"`{trigger.name}`", trigger.help) for trigger in player.triggers))


def _parameters(parameters: Iterable[Parameter]) -> str:
    return _table(
        ("parameter", "range", "spread", "default", "glide", ""),
        (
            (
                f"`{p.name}`",
                format_range(p.low, p.high, p.unit),
                p.warp,
                format_quantity(p.default, p.unit),
                format_quantity(p.glide_s, "s"),
                f"{p.help} Can follow a scale." if p.pitch else p.help,
            )
            for p in parameters
        ),
    )


def layers() -> str:
    """What every layer has besides the parameters of its instrument."""
    return _parameters(layer_parameters(["hall"]).values())


def effects() -> str:
    """Every effect with its parameters."""
    parts = (f"## `{kind}`\n\n{e.about}\n\n{_parameters(e.parameters)}" for kind, e in effect_kinds().items())
    return "\n\n".join(parts)


# -------------------------------------------------------------------------------------------------------------- scales
def scales() -> str:
    """Every scale."""
    rows = ((f"`{scale.name}`", _cents(scale.cents), scale.about) for scale in SCALES.values())
    return _table(("scale", "cents above the root", ""), rows)


def tunings() -> str:
    """Every tuning."""
    rows = ((f"`{tuning.name}`", _cents(tuning.cents), tuning.about) for tuning in TUNINGS.values())
    return _table(("tuning", "cents of the twelve semitones", ""), rows)


def _cents(values: Sequence[float]) -> str:
    return " ".join(f"{value:.1f}".removesuffix(".0") for value in values)


# -------------------------------------------------------------------------------------------------------------- models
def models() -> str:
    """Every kind of model."""
    return _table(
        ("model", "moves outputs", "tells classes apart", ""),
        (
            (
                f"`{kind.name}`",
                _use(offered=kind.continuous, default=kind.name == AUTO_KIND["continuous"]),
                _use(offered=kind.classes, default=kind.name == AUTO_KIND["classes"]),
                kind.help,
            )
            for kind in MODEL_KINDS.values()
        ),
    )


def _use(*, offered: bool, default: bool) -> str:
    return "" if not offered else "yes (`auto`)" if default else "yes"


def model_settings() -> str:
    """Every setting of every model."""
    return _table(
        ("model", "setting", "default", "range", ""),
        (
            (f"`{kind.name}`", f"`{setting.name}`", f"{setting.default:g}", _range(setting), setting.help)
            for kind in MODEL_KINDS.values()
            for setting in kind.settings
        ),
    )


def _range(setting: Setting) -> str:
    return f"{setting.low:g} to {setting.high:g}{', whole' if setting.whole else ''}"


# ------------------------------------------------------------------------------------------------------------ commands
def commands() -> str:
    """Every command with its values, keys and address."""
    return command_table.docs_table()


def addresses() -> str:
    """Every OSC address that is listened to, and every one that is sent to."""
    listened, sent = osc_addresses.docs_table().split("\n\n")
    return f"### What is listened to\n\n{listened}\n\n### What is sent\n\n{sent}"


# ---------------------------------------------------------------------------------------------------------- monitoring
def metrics() -> str:
    """Every figure for Prometheus."""
    return _table(
        ("figure", "labels", "kind", ""),
        (
            (f"`{PREFIX}{figure.name}`", ", ".join(f"`{label}`" for label in figure.labels), figure.kind, figure.help)
            for figure in METRICS
        ),
    )


# ------------------------------------------------------------------------------------------------------- architecture
def take_states() -> str:
    """What leads from one state of a take to another, as a Mermaid diagram."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (phase, cause), move in TAKING.items():
        arrows.setdefault((phase, move.phase), []).append(f"{cause} (kept)" if move.keep else cause)
    return _state_diagram("playing", arrows)


def training_states() -> str:
    """What leads from one state of the training to another, as a Mermaid diagram."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (state, cause), move in TRAINING.items():
        if move.training != state:
            arrows.setdefault((state, move.training), []).append(f"{cause} / {move.request}" if move.request else cause)
    return _state_diagram("idle", arrows)


def _state_diagram(first: str, arrows: Mapping[tuple[str, str], Sequence[str]]) -> str:
    lines = [f"    {start} --> {end}: {', '.join(causes)}" for (start, end), causes in arrows.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *lines, "```"])


def modules() -> str:
    """Every module with the first sentence of its docstring, by package."""
    parts = [(f"`{package}/`", sorted((PACKAGE / package).rglob("*.py"))) for package in PACKAGES]
    return "\n\n".join(f"### {title}\n\n{_table(('file', ''), _sentences(files))}" for title, files in parts)


def _sentences(files: Iterable[Path]) -> Iterator[tuple[str, str]]:
    for file in files:
        if file.name in ("__init__.py", "__main__.py"):
            continue
        about = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        yield f"`{file.relative_to(PACKAGE)}`", " ".join(about.split("\n\n")[0].split())


BLOCKS: Final[dict[str, Callable[[], str]]] = {
    "expression-functions": expression_functions,
    "wekinator-addresses": lambda: _table(("address", "with", "becomes"), wekinator_addresses.rows()),
    "shipped-presets": shipped_presets,
    "preset-example": preset_example,
    "preset-keys": preset_keys,
    "settings-keys": settings_keys,
    "features": features,
    "instruments": instruments,
    "layers": layers,
    "effects": effects,
    "scales": scales,
    "tunings": tunings,
    "models": models,
    "model-settings": model_settings,
    "commands": commands,
    "osc-addresses": addresses,
    "landmark-order": lambda: _table(("", "", ""), order_rows()),
    "metrics": metrics,
    "doctor": lambda: _table(("check", "looks at", ""), ((f"`{c.name}`", c.about, c.fails_when) for c in CHECKS)),
    "take-states": take_states,
    "training-states": training_states,
    "modules": modules,
}


def main() -> int:
    """Writes the pages whose blocks have changed."""
    for page in pages():
        text = page.read_text(encoding="utf-8")
        new = renewed(text)
        if new != text:
            page.write_text(new, encoding="utf-8")
            print(f"{page.relative_to(ROOT)}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
