"""Packs: a preset with all that was taught to it in one file, for another computer or a colleague.

Faces: `pack`, `unpack`. `manifest` says what a pack holds, `archive` is the file.
"""
