"""The settings of the machine, `gesturesynth.yaml`.

Faces: `settings`, `fallback` (for services, where no person can correct a mistake at once).
"""
