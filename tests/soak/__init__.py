"""The soak test: all processes run for minutes or hours with fault after fault, and nothing may grow.

`make soak MINUTES=30`. `schedule` plans the events, `faults` and `user_commands` carry them out on a `setup`,
`observer` measures, `verdict` judges, `report` writes.
"""
