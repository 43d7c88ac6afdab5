"""Layer 2, frames and poses in, hands and face values out: looked at closely, where the pose says that they are.

Face: `finder` (adds hands and a face to the bodies of a frame). `regions` and `face_values` are pure.
"""
