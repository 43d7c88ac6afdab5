"""Presets: one YAML file says everything about a piece.

Faces: `loader`, `model`, `template`.
"""
