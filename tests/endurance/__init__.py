"""Endurance: every instrument for hours of sound, with parameters that move as badly as they can.

Native code has paths that a short test never takes: a phase that wraps within a hair of 0, a table's last entry. So
each instrument is played offline, in a process of its own, at several sample rates, with new seeds.
"""
