"""Layer 8: one web page for looking, teaching and looking after (process `page`).

Faces: `process`. It talks to the other processes over sockets only: statuses and poses come in, commands go out.
"""
