"""The settings of the machine, `gesturesynth.yaml`.

Faces: `settings`, `fallback` (what holds where nothing can be asked).
"""
