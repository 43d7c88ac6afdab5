"""Pictures for people who would rather look than listen: of a rendering, and of what was taught.

matplotlib draws them, and is loaded by nothing else. Other packages use `rendering_picture` and `example_map_picture`.
Layer 5, in `pipeline`.
"""
