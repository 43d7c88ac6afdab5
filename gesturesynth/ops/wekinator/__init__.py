"""Projects of Wekinator: their files read and checked, and made into a preset with takes.

Faces: `installing.read_project`, `installing.install`.
"""
