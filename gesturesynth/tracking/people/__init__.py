"""Several persons in one picture: a loop around BlazePose's two networks, with one region of interest for each person.

`tracking/body_finder.py` uses `follower` and `networks`. `networks` runs the networks (LiteRT), `crops` cuts pictures
(OpenCV); everything else is pure. For one person MediaPipe does the same (`tracking/landmarker.py`).
"""
