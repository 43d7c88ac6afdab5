"""Sounds: files with recorded sound, found, checked, read and handed to the instruments that play them.

Other packages use `files` (which there are, and what is wrong with them); the engine uses `library`. Layer 2, inside
`synthesis`.
"""
