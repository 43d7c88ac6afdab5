"""Lamps: what a piece does in, DMX levels out, over Art-Net or sACN (layer 2).

`process.py` runs it; `protocols.py` names the protocols for the settings. The rest is used inside: `desk.py` makes
levels of messages, purely; `stream.py` sends them.
"""
