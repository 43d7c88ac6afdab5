"""Poses between computers, encrypted: keys, the pose server, the receiver. Layer 2, beside tracking and control.

Images never get here. Other packages use `keys`, `allowed_keys`, `addresses`, `process`, `receiver` and `merging`.
"""
