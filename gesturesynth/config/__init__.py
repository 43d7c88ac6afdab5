"""Layer 4, YAML in, checked values out: presets, and the settings of the machine.

Faces: `preset.loader`, `settings.settings`, `settings.fallback`, `opening_hours`, `json_schema`, `reference`. Reads
the tables of the packages below; imports no audio, vision or learning library.
"""
