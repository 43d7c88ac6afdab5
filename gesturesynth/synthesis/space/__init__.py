"""Space: where loudspeakers stand, how a layer is placed among them, and what one loudspeaker or headphones get.

`layout` is pure; the other modules build graphs. Layer 2, inside `synthesis`.
"""
