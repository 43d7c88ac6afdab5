"""Frames in, poses out: cameras and files, the landmarker, its weights, skeleton recordings.

Nothing in this room opens a network socket or writes an image. It knows nothing of mapping, synthesis or control.
"""
