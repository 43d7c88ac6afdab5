"""Layer 2, movement in, lines of text out: words that a preset chooses and bends from a text and from templates.

Faces: `setup` (what a preset says), `player` (when a new line comes, and which), `shown_line` (what is to be read now).
Pure: readings in, lines out, time and seed passed in. Knows no other package of its layer.
"""
