"""Where the sound goes: JACK, a sound card, or nowhere; which devices there are; JACK's xruns.

Use `backends` and `device_probe`.
"""
