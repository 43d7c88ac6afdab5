"""Ways of teaching besides single takes, as far as they are arithmetic: blends of sounds, scores, spreads of poses.

Pure: arrays and values in, values out. Used by the conductor.
"""
