"""The figures of the project: how soon, how much, how often; each measured on the real thing.

`make bench` runs them all, prints a table, and writes docs/performance.md. Nothing here passes or fails.
"""
