"""Poses in, parameters out: features, examples, models, training, gestures.

Pure: arrays in, arrays out, time passed in. Imports no pyo and knows nothing of tracking, synthesis or control.
"""
