"""The second look: people who are too small in the picture for the landmarker's detector.

Face: `search`.
"""
