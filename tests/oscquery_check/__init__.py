"""Others' programs find a whole Gesture Synth and set every address (make oscquery-check)."""
