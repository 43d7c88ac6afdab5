"""Examples: takes in a database for each preset, and the CSV and ARFF files that they travel in.

Faces: `store`, `dataset`, `arff`.
"""
