"""Layer 0, what every package may use: errors, files, folders, the log, units.

Faces: `errors`, `paths`, `files`, `log`, `units`, `json_lines`, `environment`. Imports nothing of ours.
"""
