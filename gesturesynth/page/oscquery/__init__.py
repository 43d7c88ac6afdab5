"""OSCQuery, a part of `page`: which OSC addresses there are, over HTTP, and their values over WebSocket.

`namespace` makes the addresses, `values` reads what they are now, `service` answers; `announcer` tells the network.
"""
