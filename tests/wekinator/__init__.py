"""Wekinator's protocol against programs that were not written for this one, and against broken packets."""
