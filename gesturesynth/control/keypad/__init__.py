"""Keyboards and keypads without a terminal (process `keypad`).

Faces: `process`, `devices`. `input_events`, `bindings` and `key_names` are pure.
"""
