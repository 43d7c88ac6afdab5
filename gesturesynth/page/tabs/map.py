"""For the tab `map`: nothing yet."""

from __future__ import annotations

from gesturesynth.page.tab_service import Surroundings, TabService


def serve(_surroundings: Surroundings) -> TabService:
    """No questions."""
    return TabService()
