"""The soak: Gesture Synth at work for minutes or hours, broken again and again, and looked at for what grows.

`make soak MINUTES=30`. `schedule` says when what happens, `faults` and `deeds` do it to a `stage`, `watch` looks on,
`verdict` judges, `report` tells.
"""
