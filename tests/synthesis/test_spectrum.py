"""The bands of the spectrum: where a tone lies, how loud it is, and that a running engine sends them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.runtime.messages import EngineStatus
from gesturesynth.runtime.spectrum_message import SPECTRUM_BANDS, SPECTRUM_HZ, SPECTRUM_LEAST_DB, Spectrum
from gesturesynth.synthesis.spectrum import SpectrumMeter
from tests.support.app_process import AppProcess

EDGES = np.geomspace(*SPECTRUM_HZ, SPECTRUM_BANDS + 1)


def stereo(mono: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.stack([mono, mono], axis=1).astype(np.float32)


def sine(hz: float, rate: float, seconds: float = 0.5) -> NDArray[np.float32]:
    return stereo(np.sin(2 * np.pi * hz * np.arange(round(rate * seconds)) / rate))


@pytest.mark.parametrize("rate", [22050.0, 44100.0, 48000.0, 96000.0])
@pytest.mark.parametrize("hz", [220.0, 997.0, 7000.0])
def test_a_tone_lies_in_its_band_and_has_its_level(hz: float, rate: float) -> None:
    meter = SpectrumMeter(rate)
    meter.add(sine(hz, rate))
    bands = np.array(meter.bands_db())
    assert abs(int(bands.argmax()) - int(np.searchsorted(EDGES, hz) - 1)) <= 1
    assert 10 * np.log10((10 ** (bands / 10)).sum()) == pytest.approx(-3.01, abs=0.1)


def test_all_bands_together_are_the_level_of_noise_between_their_edges() -> None:
    noise = np.random.default_rng(1).standard_normal(48000) * 0.1
    lines = np.fft.rfft(noise)
    hz = np.fft.rfftfreq(len(noise), 1 / 48000)
    noise = np.fft.irfft(np.where((hz > SPECTRUM_HZ[0]) & (hz < SPECTRUM_HZ[1]), lines, 0))
    meter = SpectrumMeter(48000.0)
    levels = []
    for start in range(0, 48000, 480):
        meter.add(stereo(noise[start : start + 480]))
        levels.append((10 ** (np.array(meter.bands_db()) / 10)).sum())
    assert 10 * np.log10(np.mean(levels[20:])) == pytest.approx(20 * np.log10(noise.std()), abs=0.3)


def test_silence_is_the_least_level_and_small_pieces_are_the_same_as_one() -> None:
    quiet, whole, pieces = SpectrumMeter(48000.0), SpectrumMeter(48000.0), SpectrumMeter(48000.0)
    assert quiet.bands_db() == (SPECTRUM_LEAST_DB,) * SPECTRUM_BANDS
    block = sine(440.0, 48000.0, 0.3)
    whole.add(block)
    for start in range(0, len(block), 999):
        pieces.add(block[start : start + 999])
    pieces.add(block[:0])
    assert pieces.bands_db() == whole.bands_db()


def test_a_running_engine_sends_what_is_heard_twice_as_often_as_its_status() -> None:
    with AppProcess("--source", "demo", "--audio", "null") as running:
        heard = running.until(Spectrum, lambda spectrum: max(spectrum.bands_db) > -60.0, "sound in a band")
        assert len(heard.bands_db) == SPECTRUM_BANDS
        first = running.until(EngineStatus, lambda status: status.time_s > heard.time_s, "a status")
        last = running.until(EngineStatus, lambda status: status.time_s > first.time_s + 2.0, "a later status")
        sent = running.listen(Spectrum).fetch()
        statuses = running.listen(EngineStatus).fetch()
        between = [sum(first.time_s <= one.time_s < last.time_s for one in some) for some in (sent, statuses)]
        assert 1.5 < between[0] / between[1] < 2.5
        assert all(len(spectrum.bands_db) == SPECTRUM_BANDS for spectrum in sent)
