"""Examples: takes in one database for each preset, and CSV and ARFF files for import and export.

Faces: `store`, `dataset`, `arff`.
"""
