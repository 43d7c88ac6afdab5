"""Floods of OSC against a real conductor, beside programs that keep the processor busy: whether it goes on to play."""
