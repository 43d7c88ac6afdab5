"""Layer 1, what every process does and what is sent between processes: messages, sockets, supervision.

Faces: `messages` (types, no socket), `pubsub` (sockets), `service` (sd_notify), `supervisor`, `restart_history`.
Imports `core` only.
"""
