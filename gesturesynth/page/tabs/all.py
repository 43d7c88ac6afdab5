"""The services of all tabs."""

from __future__ import annotations

from gesturesynth.page.tab_service import Surroundings, TabService
from gesturesynth.page.tabs import care, map, piece, play, teach  # noqa: A004 - the tab's name


def tab_services(surroundings: Surroundings) -> list[TabService]:
    """One for each tab."""
    return [module.serve(surroundings) for module in (play, teach, map, piece, care)]
