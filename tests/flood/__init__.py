"""Floods of OSC against the built thing, beside programs that leave it no time: does it play on, and who is heard?"""
