"""Layer 2, parameters to sound: instruments, the master chain, audio backends.

Use `process` (the engine), `offline` (rendering) and `instruments` (the catalogue). Imports no scikit-learn, MediaPipe
or OpenCV, and pyo only where a sound is made. Knows no other package of its layer.
"""
