"""MIDI out and in, in a process of its own, because drivers hang. Layer 3, beside `mapping`.

`process` runs it; `player` says what leaves, as bytes, and `bindings` what arriving messages ask for: both are pure.
`ports` alone knows the library (rtmidi2). Other packages use `message_names` (how a preset names MIDI) and `process`.
"""
