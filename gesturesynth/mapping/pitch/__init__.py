"""Pitch that follows a scale: scales, tunings and notes as plain data, Scala files, and the quantiser. Pure.

Faces: `scales`, `tunings`, `notes`, `scala_file`, `setting`, `quantiser`.
"""
