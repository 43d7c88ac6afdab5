"""For whoever looks after an installation: how all is doing, what is wrong here, opening hours, and the system service.

It takes no part in the processes' work, and no room knows it; it may read the tables of the rooms.
"""
