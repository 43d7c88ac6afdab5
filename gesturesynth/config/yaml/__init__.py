"""YAML files that people write: every value with its place, and a sentence for each fault.

Faces: `parser`, `model`.
"""
