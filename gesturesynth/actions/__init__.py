"""Layer 2, actions: what a preset has sent to other programs and devices when something happens in the piece.

Other packages use `process` (OSC and HTTP), `keys.process` (key presses), `template` and `http.addresses` (what may
stand in a preset and in settings). Imports no other package of its layer.
"""
