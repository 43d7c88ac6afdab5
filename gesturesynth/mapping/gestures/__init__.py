"""Gestures in time: movements that were shown a few times, recognised as they happen and followed while they last.

Pure: features and times in, events and numbers out; no clock, no file, nothing but numpy.
"""
