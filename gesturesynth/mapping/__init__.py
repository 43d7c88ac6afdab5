"""Layer 3, features in, parameters out: the running mapping, how it is learnt, and the examples it is learnt from.

Faces: `mapper` (live), `learning.fit`, `examples.store`. Imports no pyo, OpenCV or MediaPipe; of its own it knows
`features` and what lies below.
"""
