"""Levels: what holds peaks and loudness, and what measures them. Made for the master and the layers; pure where it can.

Used by `synthesis/master.py`. Layer 2, inside `synthesis`.
"""
