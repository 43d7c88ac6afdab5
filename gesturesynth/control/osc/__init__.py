"""OSC over UDP: datagrams in, calls and answers out, with limits for every sender.

Faces: `server` (the socket), `sender` (outputs to other programs). `codec`, `protocol` and `limits` are pure.
"""
