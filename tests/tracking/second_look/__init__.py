"""Tests of `gesturesynth.tracking.second_look`."""
