"""The reference of presets and settings as Markdown."""

from __future__ import annotations

from gesturesynth.config.json_schema import preset_schema
from gesturesynth.config.preset.class_schema import ClassifierEntry
from gesturesynth.config.preset.schema import PresetFile
from gesturesynth.config.reference import EXAMPLE, preset_reference, settings_reference
from gesturesynth.config.settings.audio import AudioSection
from gesturesynth.config.settings.settings import CameraSection, Settings
from gesturesynth.config.yaml.model import written_fields


def test_the_reference_of_presets_has_every_key() -> None:
    page = preset_reference()
    for name, part in preset_schema()["$defs"].items():
        if not name.startswith(("instrument-", "effect-", "InstrumentEntry", "BusEntry", "ModelEntry", "FeatureName")):
            keys = written_fields(ClassifierEntry) if name == "ClassifierEntry" else part["properties"]
            assert all(f"| `{key}` |" in page for key in keys)
    assert all(f"| `{key}` |" in page for key in PresetFile.model_fields)
    assert EXAMPLE in page


def test_the_reference_of_settings_has_every_key() -> None:
    page = settings_reference()
    for model in (Settings, CameraSection, AudioSection):
        assert all(f"| `{key}` |" in page for key in model.model_fields)
