"""People in, commands out: what a person sees of the running thing and can tell it.

Knows nothing of tracking, mapping or synthesis: it reads their status messages from the bus.
"""
