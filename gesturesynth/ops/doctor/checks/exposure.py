"""The check of a camera's exposure and frame rate, by what it says of itself through V4L2."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from gesturesynth.config.settings.settings import CameraSection
from gesturesynth.core.errors import UserError
from gesturesynth.ops.doctor.finding import Examination, Finding, combine, good, warn
from gesturesynth.tracking.camera_controls.offer import CameraOffer, camera_offer
from gesturesynth.tracking.cameras import camera_at
from gesturesynth.tracking.sources import resolve

LONG_S: Final = 0.02
"""A hand that moves 2 m a second is blurred over 4 cm in this time: a quarter of an outstretched hand."""
GOOD_FPS: Final = 60.0
RATE_ADVICE: Final = (
    "Recommended where finding a body takes less than 16 ms (check `inference`): `camera: {fps: 60}`. A movement is "
    "seen up to 17 ms earlier, and is blurred half as much."
)
BLUR_ADVICE: Final = (
    "Give more light, or write `camera: {exposure: 10 ms}` in gesturesynth.yaml, with more `gain` if it gets too dark."
)


def check_exposure(examination: Examination) -> Finding:
    """Exposure time, and the rates that the camera offers. The camera is asked, and not switched on."""
    wanted = examination.settings.camera
    offer = None
    with suppress(UserError):  # the check of the camera reports it
        source = resolve(wanted.source)
        if source.kind == "camera":
            camera = camera_at(int(source.address)) if source.address.isdigit() else None
            offer = camera_offer(camera.path if camera else source.address)
    return judge_exposure(offer, wanted)


def judge_exposure(offer: CameraOffer | None, wanted: CameraSection) -> Finding:
    """Whether frames are short and frequent enough."""
    if offer is None or not (offer.controls or offer.formats):
        return good("there is no camera that tells its exposure")
    return combine([_rate(offer, wanted), _time(offer)])


def _rate(offer: CameraOffer, wanted: CameraSection) -> Finding:
    best = offer.best_rate(wanted.width, wanted.height)
    size = f"{wanted.width}x{wanted.height}"
    if not best:
        return good(f"it tells no rate for {size}")
    if best >= GOOD_FPS > wanted.fps:
        found = f"it offers {best:g} frames a second at {size}, and {wanted.fps:g} are asked for"
        return Finding("pass", found, RATE_ADVICE)
    return good(f"it offers {best:g} frames a second at {size}")


def _time(offer: CameraOffer) -> Finding:
    exposure_s = offer.exposure_s
    if exposure_s is None:
        return good("it does not tell its exposure time")
    how = "automatic" if offer.automatic else "fixed"
    found = f"its {how} exposure is {exposure_s * 1000:g} ms"
    return warn(f"{found}: what moves is blurred", BLUR_ADVICE) if exposure_s > LONG_S else good(found)
