"""Generates the reference of presets and settings as Markdown, from the schema that checks them."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gesturesynth.config.preset.action_schema import ArgumentText
from gesturesynth.config.preset.idle_schema import SILENCE, IdleEntry
from gesturesynth.config.preset.instrument_schema import BusEntry, InstrumentEntry
from gesturesynth.config.preset.latent_schema import LatentText
from gesturesynth.config.preset.light_schema import LevelOrName
from gesturesynth.config.preset.pattern_schema import RhythmText
from gesturesynth.config.preset.preset_name import PresetName
from gesturesynth.config.preset.scale_files import NameOrScalaFile
from gesturesynth.config.preset.scale_schema import NoteName
from gesturesynth.config.preset.schema import PresetFile
from gesturesynth.config.preset.tempo_schema import Metre, NoteLength
from gesturesynth.config.settings.actions import AnyNetworkText, WebAddressText
from gesturesynth.config.settings.keypad import CommandText, KeyName
from gesturesynth.config.settings.light import LampAddress, OwnAddress, UniverseKey
from gesturesynth.config.settings.opening_hours import Times, TimeZone
from gesturesynth.config.settings.page import NetworkText
from gesturesynth.config.settings.remote import AddressText, KeyText
from gesturesynth.config.settings.settings import FILE, Settings
from gesturesynth.config.yaml.midi_names import MessageText, NoteText
from gesturesynth.config.yaml.model import written_fields
from gesturesynth.config.yaml.pressable_key import PressableKey
from gesturesynth.config.yaml.ratio import AutoRatio
from gesturesynth.config.yaml.types import (
    AnyQuantity,
    Name,
    OneOf,
    Quantity,
    Text,
    WholeNumber,
    WordOrNumber,
    format_quantity,
)
from gesturesynth.config.yaml.word_or_quantity import WordOrQuantity
from gesturesynth.core.note_lengths import note_length_text

_SELF_DESCRIBING = (
    AddressText,
    AnyNetworkText,
    AnyQuantity,
    ArgumentText,
    AutoRatio,
    CommandText,
    KeyName,
    KeyText,
    LampAddress,
    LatentText,
    LevelOrName,
    Name,
    MessageText,
    Metre,
    NameOrScalaFile,
    NetworkText,
    NoteLength,
    NoteName,
    OwnAddress,
    NoteText,
    OneOf,
    PresetName,
    PressableKey,
    Quantity,
    RhythmText,
    Text,
    Times,
    TimeZone,
    UniverseKey,
    WebAddressText,
    WholeNumber,
    WordOrNumber,
    WordOrQuantity,
)

EXAMPLE: Final = """name: Air theremin
about: Right hand is pitch, left hand is loudness. The oldest gesture instrument.
features: [right_wrist.height, left_wrist.height, hands.distance]
outputs:
  pitch: {to: theremin.pitch, range: [110, 1760], unit: Hz, warp: exp, glide: 60 ms}
  level: {to: theremin.level, range: [-40, -9], unit: dB, glide: 80 ms}
model: auto            # rbf by default
snapshots:
  1: {pitch: 220, level: -12}
  2: {pitch: 880, level: -9}
instruments:
  theremin: {vibrato: 0.4}
idle: {after: 20 s, level: -30 dB}
master: {loudness: -18 LUFS, ceiling: -6 dB, fade_in: 2 s}
"""
"""A preset with nearly every key, printed in the reference."""

_PRESET_HEAD: Final = f"""# Presets

One YAML file says everything about a piece. Every key that is not marked *required* may be left out.

- Numbers may carry their unit: `60 ms`, `-6 dB`, `1.2 kHz`, `440 Hz`. Without one they are in the unit given below.
- `NAME` is a name that you make up (of an output, an instrument, a class): small letters, digits, underscores.
- `gesturesynth preset check FILE` tells what is wrong, with line and column. `gesturesynth preset schema` prints a JSON
  Schema with which editors complete and check presets while you write.
- Factory examples lie beside the preset in a CSV file of the same name.

This page is generated from the code; do not edit it.

```yaml
{EXAMPLE}```
"""

_SETTINGS_HEAD: Final = f"""# Settings

What belongs to the machine rather than to the piece stands in `{FILE}`, in the user's config folder or in
/etc/gesturesynth. Without that file everything has its default; flags of the command line override it.

This page is generated from the code; do not edit it.
"""


def preset_reference() -> str:
    """Markdown of every key of a preset."""
    return "\n".join([_PRESET_HEAD, *_sections("A preset", (), PresetFile)])


def settings_reference() -> str:
    """Markdown of every key of the settings."""
    return "\n".join([_SETTINGS_HEAD, *_sections("The file", (), Settings)])


def _sections(title: str, path: tuple[str, ...], model: type[BaseModel]) -> Iterator[str]:
    """One table for the model, then one for each model in it."""
    yield f"## {title}\n"
    if path:
        yield f"{_sentences(model)}\n"
    yield "| key | value | default | |"
    yield "|---|---|---|---|"
    inner: list[tuple[str, tuple[str, ...], type[BaseModel]]] = []
    for name, field in written_fields(model).items():
        text, found, repeated = _described(field)
        if found:
            here = (*path, name, *(["NAME"] if repeated else []))
            inner.append((f"`{'.'.join(here)}`", here, found))
        cells = (f"`{name}`", text, _default(field), field.description or "")
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    if model.model_config.get("extra") == "allow":
        quantity = AnyQuantity(SILENCE if model is IdleEntry else "", sources=model in {InstrumentEntry, BusEntry})
        yield f"| *any other* | {quantity} | | {_EXTRA[model.__name__]} |"
    yield ""
    for entry in inner:
        yield from _sections(*entry)


_EXTRA: Final = {
    "InstrumentEntry": "A parameter of the instrument, in its own unit and range. Every instrument has `gain` (-60 to "
    "12 dB), `pan` (-1 left, 0 in the middle, 1 right), `azimuth` and `width` as well. `pan: body.x` is short for an "
    "output with `to:` and `from:`, called `INSTRUMENT_pan`.",
    "BusEntry": "A parameter of the effect, in its own unit and range; `decay: body.x` as in `instruments`.",
    "IdleEntry": "The name of an output, and its value when no person is in view. An output in dB that is not named "
    "goes to the low end of its range, any other stays as it is. A level may be `silence`: it then fades below its "
    "range, but only when no person is in view; in poses that nothing was taught about it is at the low end.",
    "ModelEntry": "A setting of that kind of model.",
    "ClassifierEntry": "A setting of that kind of classifier, as `neighbours: 3` of `knn`.",
}


def _sentences(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split())


def _described(field: FieldInfo) -> tuple[str, type[BaseModel] | None, bool]:
    """The text about the value, the model that it is made of, and whether there can be several under names."""
    texts = [str(item) for item in field.metadata if isinstance(item, _SELF_DESCRIBING)]
    text, model, repeated = _type(field.annotation)
    return (texts[0] if texts else text), model, repeated


def _type(annotation: Any) -> tuple[str, type[BaseModel] | None, bool]:  # noqa: ANN401 - any type can stand there
    origin, arguments = get_origin(annotation), get_args(annotation)
    text, model, repeated = ("true or false" if annotation is bool else "a text"), None, False
    if origin is Annotated:
        text, model, repeated = _type(arguments[0])
        text = next((str(item) for item in arguments[1:] if isinstance(item, _SELF_DESCRIBING)), text)
    elif origin in (Union, types.UnionType):
        text, model, repeated = _type(next(item for item in arguments if item is not type(None)))
    elif origin is dict:
        value, model, _ = _type(arguments[1])
        text, repeated = f"{_type(arguments[0])[0]}: {value}", True
    elif origin in (list, tuple):
        item, model, _ = _type(arguments[0])
        text = ("list of: " if origin is list else "`[low, high]`, ") + item
    elif origin is Literal:
        text = ", ".join(f"{item}" for item in arguments)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        text, model = "keys, see below", annotation
    return text, model, repeated


def _written(value: list[str] | dict[str, str] | bool | tuple[float, ...]) -> str:  # noqa: FBT001 - any value
    """A value as a preset has it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {inner}" for key, inner in value.items()) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(value) if isinstance(value, list) else f"[{', '.join(f'{end:g}' for end in value)}]"


def _default(field: FieldInfo) -> str:
    value = field.default
    if field.is_required():
        return "*required*"
    if value is None or value in ("", {}, []) or isinstance(value, BaseModel):
        return ""
    units = [item.unit for item in field.metadata if isinstance(item, Quantity | WholeNumber)]
    if isinstance(value, list | dict | bool):
        return _written(value)
    for item in field.metadata:
        if isinstance(item, NoteLength | Metre):
            value = note_length_text(value) if isinstance(item, NoteLength) else "/".join(map(str, value))
    if isinstance(value, tuple):
        return _written(value)
    return format_quantity(value, units[0]) if units else f"{value}"
