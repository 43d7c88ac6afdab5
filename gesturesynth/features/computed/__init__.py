"""Features that are computed from others, and inputs: what a preset has besides the table of features.

Their names hold all that they are (`definition`), so that they need no table of their own: a model that was fitted to
`shake [0, 1] = deviation(phone.1, 0.5)` does not fit a preset in which `shake` means something else.
"""
