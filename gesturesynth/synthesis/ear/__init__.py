"""The microphone as numbers: loudness, pitch, onsets, brightness and bands, computed by pyo. Nothing is kept.

The engine uses `listener`.
"""
