"""YAML files written by people: every value with its place, and a sentence for each mistake.

Faces: `parser`, `model`, `editor` (changes of one value).
"""
