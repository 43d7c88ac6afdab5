"""The pose model's file: fetched once, checked by SHA-256, completed with metadata.

Face: `download`.
"""
