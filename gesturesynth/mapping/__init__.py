"""Layer 3, features in, output values out: the running mapping, how it is learnt, and the examples it is learnt from.

Faces: `mapper` (live), `learning.job` and `learning.fit`, `examples.store`. Imports no pyo, OpenCV or MediaPipe; of
this program it imports `features` and the layers below.
"""
