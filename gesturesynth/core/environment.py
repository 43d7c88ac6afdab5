"""Names of environment variables that processes pass on to each other.

In `core`, because the log reads one of them, and `core` imports no other package.
"""

from typing import Final

NOTIFIED: Final = "NOTIFY_SOCKET"
"""The socket for notifications of whatever starts a process again: systemd, or our supervisor."""
SUPERVISED: Final = "GESTURESYNTH_SUPERVISED"
"""Process id of the supervisor, set for its children."""
