"""Layer 2, poses in, features out: named numbers that are measured on a body.

Faces: `extractor` (one pose a call), `catalogue` (every feature by name), `landmarks`. Pure: arrays in, arrays out,
time passed in. Knows no other package of its layer.
"""
