"""Layer 7: `gesturesynth latency`, which measures the time from a flash before the camera to the sound that it makes.

`measurement.py` runs it, `report.py` makes figures of what was measured; `cli/latency.py` is the verb.
"""
