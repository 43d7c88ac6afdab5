"""Parameters in, sound out: instruments, the master chain, audio backends.

Imports no scikit-learn, mediapipe or OpenCV and knows nothing of tracking, mapping or control.
"""
