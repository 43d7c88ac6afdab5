"""From examples to a fitted mapping, and its evaluation as plain arrays.

Faces: `fit`, `predictors`, `model_kinds` (the table). Only `sklearn_models` imports scikit-learn.
"""
