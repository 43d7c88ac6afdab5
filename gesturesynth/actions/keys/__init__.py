"""Key presses: a virtual keyboard of Linux (uinput), in a process of its own that has no network.

Other packages use `process`.
"""
