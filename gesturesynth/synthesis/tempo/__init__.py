"""Time that is music: a line of beats counted in samples, and what instruments take from it.

`line` and `swing` are pure; `clock` writes what they give into tables that pyo reads; `timing` is what instruments see.
Layer 2, a part of `synthesis`.
"""
