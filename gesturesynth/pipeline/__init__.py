"""Layer 5, from a preset and poses to sound parameters, live and offline alike; the fit of a model (process `trainer`).

Faces: `running_preset`, `example_library`, `training_client`, `render`.
"""
