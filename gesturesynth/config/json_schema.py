"""JSON Schema of presets and settings, with which editors complete and check them.

It is as strict as a schema can be. Relations between keys, such as an output's range within that of its parameter, are
checked only by loading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gesturesynth.config.preset.input_schema import OWN_PATTERN
from gesturesynth.config.preset.output_schema import model_names
from gesturesynth.config.preset.schema import PresetFile, feature_names
from gesturesynth.config.settings.settings import Settings
from gesturesynth.config.yaml.types import SOURCE_PATTERN, quantity_schema
from gesturesynth.core.note_lengths import NOTE_PATTERN
from gesturesynth.core.units import Unit
from gesturesynth.features.catalogue import all_names, feature
from gesturesynth.mapping.class_probabilities import CLASS_QUANTITIES
from gesturesynth.mapping.driven_outputs import GESTURE_QUANTITIES
from gesturesynth.mapping.learning.model_kinds import MODEL_KINDS, ModelKind
from gesturesynth.runtime.ear_reading import ALL_BANDS
from gesturesynth.runtime.ear_reading import FEATURES as EAR_FEATURES
from gesturesynth.runtime.tempo import FASTEST_BPM, SLOWEST_BPM
from gesturesynth.synthesis.effects import effect_kinds
from gesturesynth.synthesis.instruments.known import known_instruments
from gesturesynth.synthesis.instruments.table import InstrumentTable
from gesturesynth.synthesis.structure import layer_parameters
from gesturesynth.synthesis.tempo.note_values import MUSICAL_UNITS

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def preset_schema() -> Schema:
    """JSON Schema (draft 2020-12) of a preset."""
    result: Schema = {"$schema": DIALECT, **PresetFile.model_json_schema()}
    result["title"] = "Gesture Synth preset"
    parts = result["$defs"]
    scene = parts["SceneEntry"]["properties"]
    for section in (
        *result["properties"].values(),
        *scene.values(),
        parts["ScheduleEntry"]["properties"]["at"],
    ):
        for pattern, inner in section.pop("patternProperties", {}).items():  # would also apply to known instruments
            section |= {"propertyNames": {"pattern": pattern}, "additionalProperties": inner}
    kinds = known_instruments().tables

    targets = [f"{kind}.{parameter.name}" for kind, instrument in kinds.items() for parameter in instrument.parameters]
    parts["OutputEntry"]["properties"]["to"] |= _completed_names(targets)
    triggers = [f"{kind}.{trigger.name}" for kind, instrument in kinds.items() for trigger in instrument.triggers]
    for entry in ("ClassEntry", "GestureEntry"):
        parts[entry]["properties"]["trigger"]["anyOf"] = [_completed_names(triggers), {"type": "null"}]
    source = rf"^[a-z][a-z0-9_]*\.({'|'.join((*GESTURE_QUANTITIES, *CLASS_QUANTITIES))})$"
    single = [name for name in all_names() if len(feature(name).recipes) == 1]
    own = {"type": "string", "pattern": OWN_PATTERN}
    sources = [{"enum": single}, {"type": "string", "pattern": source}, own, {"type": "null"}]
    parts["OutputEntry"]["properties"]["from"]["anyOf"] = sources

    result["required"].remove("features")
    result["anyOf"] = [{"required": ["features"]}, {"required": ["wekinator"]}]

    names = feature_names()
    of_table = {"enum": list(names), "markdownEnumDescriptions": [feature(name).help for name in names]}
    of_ear = {"enum": [*EAR_FEATURES, ALL_BANDS]}
    parts["FeatureName"] = {"anyOf": [of_table, of_ear, {"type": "string", "pattern": OWN_PATTERN}]}
    for key in ("features", "gesture_features"):
        result["properties"][key]["items"] = {"$ref": "#/$defs/FeatureName"}

    computed = result["properties"]["computed"]
    computed["additionalProperties"] = {"anyOf": [{"type": "string"}, computed["additionalProperties"]]}

    model = result["properties"]["model"]
    reference = model.pop("$ref")
    model["anyOf"] = [{"type": "string", "enum": list(model_names())}, {"$ref": reference}]
    for properties in (result["properties"], scene):
        properties["scale"]["anyOf"].insert(0, {"type": "string"})  # the short form: `A minor`
    result["properties"]["tempo"]["anyOf"].insert(0, quantity_schema("", SLOWEST_BPM, FASTEST_BPM))  # `tempo: 96`
    action = parts["ActionEntry"]["properties"]
    action["when"] = {"anyOf": [action["when"]["items"], action["when"]], "description": action["when"]["description"]}
    action["http"]["anyOf"].insert(0, {"type": "string"})  # the short form: its address alone
    output = parts["OutputEntry"]["properties"]
    output["model"]["anyOf"].insert(0, {"type": "string", "enum": list(model_names())})
    for choice in output["features"]["anyOf"]:
        if choice["type"] == "array":
            choice["items"] = {"$ref": "#/$defs/FeatureName"}
    parts["ModelEntry"]["properties"] |= _model_settings([kind for kind in MODEL_KINDS.values() if kind.continuous])
    parts["ClassifierEntry"]["properties"] |= _model_settings([kind for kind in MODEL_KINDS.values() if kind.classes])
    for entry in ("ModelEntry", "ClassifierEntry"):
        parts[entry]["additionalProperties"] = False

    sends, sounds = ({key: parts["InstrumentEntry"]["properties"][key]} for key in ("sends", "sounds"))
    layers = {kind: _with_mixing(instrument) for kind, instrument in kinds.items()}
    effects = {k: InstrumentTable(k, effect.about, effect.parameters) for k, effect in effect_kinds().items()}
    for section, entry, name, tables, more in (
        ("instruments", "InstrumentEntry", "instrument", layers, sends),
        ("buses", "BusEntry", "effect", effects, {}),
    ):
        parts |= {
            f"{name}-{kind}": _layer(table, more | (sounds if table.sounds_help else {}))
            for kind, table in tables.items()
        }
        parts[entry] = _by_kind(name, tables)
        result["properties"][section]["properties"] = {
            kind: {
                "description": table.about,
                "if": {"type": "object", "required": ["kind"]},
                "then": {"$ref": f"#/$defs/{entry}"},
                "else": {"$ref": f"#/$defs/{name}-{kind}"},
            }
            for kind, table in tables.items()
        }
    scene["instruments"] |= {  # the kind of one with a name of its own may be said elsewhere in the preset
        "properties": result["properties"]["instruments"]["properties"],
        "additionalProperties": {"type": ["object", "null"]},
    }
    return result


def settings_schema() -> Schema:
    """JSON Schema (draft 2020-12) of `gesturesynth.yaml`."""
    result: Schema = {"$schema": DIALECT, **Settings.model_json_schema()}
    result["title"] = "Gesture Synth settings"
    ear = result["properties"]["ear"]
    ear["anyOf"] = [{"type": "boolean"}, {"$ref": ear.pop("$ref")}]
    # In YAML `backend: null` has no value; here it means the backend `null`.
    backend = result["$defs"]["AudioSection"]["properties"]["backend"]
    backend["type"] = ["string", "null"]
    backend["enum"].append(None)
    return result


def _completed_names(names: list[str]) -> Schema:
    """The names for completion, and any other of the same form, since presets can name instruments."""
    return {"anyOf": [{"enum": names}, {"type": "string", "pattern": r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$"}]}


def _model_settings(kinds: Sequence[ModelKind]) -> Schema:
    """All settings of these models; where two share a name, the wider range."""
    result: Schema = {}
    for name in dict.fromkeys(setting.name for kind in kinds for setting in kind.settings):
        users = [(kind, setting) for kind in kinds for setting in kind.settings if setting.name == name]
        result[name] = {
            "description": " ".join(f"{kind.name}: {setting.help}" for kind, setting in users),
            **quantity_schema("", min(s.low for _, s in users), max(s.high for _, s in users)),
        }
    return result


def _with_mixing(table: InstrumentTable) -> InstrumentTable:
    """The table of an instrument with what every layer has; its own parameters come first."""
    own = {parameter.name for parameter in table.parameters}
    mixing = [parameter for parameter in layer_parameters(()).values() if parameter.name not in own]
    return InstrumentTable(table.kind, table.about, (*table.parameters, *mixing), table.triggers, table.sounds_help)


def _layer(table: InstrumentTable, more: Schema) -> Schema:
    """The schema of an instrument or a bus of one kind, with more properties besides its parameters."""
    properties: Schema = {"kind": {"const": table.kind}} | more
    for parameter in table.parameters:
        unit: Unit = parameter.unit
        values = [
            quantity_schema(unit, parameter.low, parameter.high),
            {"type": "string", "pattern": SOURCE_PATTERN},
        ]
        if unit in MUSICAL_UNITS:  # `rate: 1/16`
            values.append({"type": "string", "pattern": f"^{NOTE_PATTERN}$"})
        properties[parameter.name] = {"description": parameter.help, "default": parameter.default, "anyOf": values}
    return {
        "type": ["object", "null"],
        "description": table.about,
        "properties": properties,
        "additionalProperties": False,
    }


def _by_kind(name: str, kinds: Mapping[str, InstrumentTable]) -> Schema:
    """The schema of a layer or a bus with a name of its own: it gives its kind, and has that kind's parameters."""
    return {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string", "enum": list(kinds)}},
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"$ref": f"#/$defs/{name}-{kind}"},
            }
            for kind in kinds
        ],
    }
