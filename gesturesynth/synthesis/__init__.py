"""Layer 2, parameters in, sound out: instruments, the master chain, audio backends.

Faces: `process` (the engine), `offline` (rendering), `instruments` (the catalogue). Imports no scikit-learn, MediaPipe
or OpenCV, and pyo only where a sound is made. Knows no other package of its layer.
"""
