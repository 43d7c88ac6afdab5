"""Controls of a camera through V4L2: exposure, gain, and what it offers. Linux only.

Face: `control_session` (what the tracker sets, and restores) and `v4l2` (what there is).
"""
