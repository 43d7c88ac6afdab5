"""Layer 2, frames in, poses out: cameras and files, the landmarker, its model file, skeleton recordings.

Faces: `process` (the tracker), `live_poses`, `offline_poses`, `sources`, `skeleton_recorder`. Nothing here opens a
network socket (except for a source that is an address) or writes an image. Knows no other package of its layer.
"""
