"""What the analysis finds in sounds whose truth is known: loudness, clipping, silence, onsets, tempo, spectrogram."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import orjson
import pytest
import soundfile

from labelbuddy_core.audio import synthesis
from labelbuddy_core.audio.analysis import ANALYSIS_NAME, SPECTROGRAM_NAME, analyze, analyze_isolated
from labelbuddy_core.audio.coarse_spectrogram import CoarseSpectrogramBuilder, read_tile
from labelbuddy_core.audio.loudness import LoudnessMeter, k_weighting
from labelbuddy_core.audio.onsets import OnsetStrength, find_beats, find_onsets
from labelbuddy_core.audio.spectrogram import (
    COLUMNS,
    Scale,
    column_power,
    decode_tile,
    frequencies,
    highest_level,
    hop,
    reach,
    to_gray,
)
from labelbuddy_core.audio.statistics import StatisticsMeter

RATE = 48_000


def sine(frequency: float, seconds: float, decibels: float, rate: int = RATE) -> np.ndarray:
    time = np.arange(round(seconds * rate)) / rate
    return (10.0 ** (decibels / 20.0) * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


def loudness(samples: np.ndarray, rate: int = RATE, size: int = 7001) -> float | None:
    meter = LoudnessMeter(rate, samples.shape[0])
    for start in range(0, samples.shape[1], size):
        meter.add(samples[:, start : start + size])
    return meter.integrated()


def test_the_k_weighting_filters_are_those_of_the_standard() -> None:
    """ITU-R BS.1770-4, tables 1 and 2: coefficients at 48 kHz."""
    shelf, high_pass = k_weighting(48_000)
    expected_shelf = [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585]
    expected_pass = [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621]
    np.testing.assert_allclose(shelf, expected_shelf, atol=1e-6)
    np.testing.assert_allclose(high_pass, expected_pass, atol=1e-6)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_a_stereo_sine_of_minus_23_dbfs_is_minus_23_lufs(rate: int) -> None:
    """EBU Tech 3341, test case 1: 1 kHz, −23 dBFS in both channels, 20 s."""
    tone = sine(1000.0, 20.0, -23.0, rate)
    assert loudness(np.stack([tone, tone]), rate) == pytest.approx(-23.0, abs=0.1)


def test_quiet_parts_are_gated_out() -> None:
    """EBU Tech 3341, test case 3: −36, −23, −36 dBFS for 10, 60 and 10 s."""
    tone = np.concatenate([sine(1000.0, 10, -36.0), sine(1000.0, 60, -23.0), sine(1000.0, 10, -36.0)])
    assert loudness(np.stack([tone, tone])) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(
    "levels",
    [
        [(-33.0, 20.0)],
        [(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)],
        [(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)],
    ],
    ids=["case 2", "case 4", "case 5"],
)
def test_gated_loudness_is_that_of_the_reference_signals(levels: list[tuple[float, float]]) -> None:
    """EBU Tech 3341 (version 3), table 1: stereo sines of 1 kHz, (dBFS, seconds)."""
    tone = np.concatenate([sine(1000.0, seconds, level) for level, seconds in levels])
    expected = -33.0 if len(levels) == 1 else -23.0
    assert loudness(np.stack([tone, tone])) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("with_lfe", [False, True])
def test_surround_channels_count_more_and_the_lfe_not_at_all(with_lfe: bool) -> None:
    """EBU Tech 3341, test case 6: −28 dBFS in L and R, −24 in C, −30 in Ls and Rs, 20 s."""
    front, center, surround = (sine(1000.0, 20.0, level) for level in (-28.0, -24.0, -30.0))
    lfe = [sine(1000.0, 20.0, -10.0)] if with_lfe else []
    assert loudness(np.stack([front, front, center, *lfe, surround, surround])) == pytest.approx(-23.0, abs=0.1)


def test_loudness_agrees_with_ffmpeg_on_music() -> None:
    music = synthesis.music(np.random.default_rng(8), 15.0)
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=44_100, format="flt", layout="mono")
    meter = graph.add("ebur128", "metadata=1:framelog=quiet")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(music[np.newaxis], format="flt", layout="mono")
    frame.sample_rate = 44_100
    graph.push(frame)
    graph.push(None)
    told = None
    while True:
        try:
            pulled = graph.pull()
        except (av.error.EOFError, av.error.BlockingIOError):
            break
        told = float(pulled.metadata.get("lavfi.r128.I", "nan")) if hasattr(pulled, "metadata") else None
    if told is None:
        pytest.skip("this build of PyAV does not show the metadata of frames")
    assert loudness(music[np.newaxis], 44_100) == pytest.approx(told, abs=0.2)


def test_silence_has_no_loudness() -> None:
    assert loudness(np.zeros((1, RATE), np.float32)) is None


def summary(samples: np.ndarray, size: int) -> dict[str, object]:
    meter = StatisticsMeter(RATE, samples.shape[0])
    for start in range(0, samples.shape[1], size):
        meter.add(samples[:, start : start + size])
    return meter.summary()


@pytest.mark.parametrize("size", [1, 7, 4800, 100_000])
def test_clipping_is_found_wherever_blocks_end(size: int) -> None:
    samples = np.zeros((2, 9600 if size > 1 else 960), np.float32)
    samples[0, 100:105] = 1.0
    samples[1, 700:702] = -1.0  # two samples may be a true peak
    found = summary(samples, size)
    assert found["clipped_samples"] == 5
    assert found["clipped"] == [(round(100 / RATE, 6), round(105 / RATE, 6))]


def test_levels_are_in_dbfs_by_channel() -> None:
    found = summary(np.stack([sine(1000.0, 1.0, -6.0), np.zeros(RATE, np.float32)]), 4800)
    assert found["peak"] == [pytest.approx(-6.0, abs=0.01), None]
    assert found["true_peak"] == [pytest.approx(-6.0, abs=0.3), None]
    assert found["level"] == [pytest.approx(-9.01, abs=0.01), None]


def test_silence_of_half_a_second_is_found_and_shorter_gaps_are_not() -> None:
    tone = sine(500.0, 1.0, -20.0)
    gap = np.zeros(round(0.3 * RATE), np.float32)
    rest = np.zeros(2 * RATE, np.float32)
    found = summary(np.concatenate([tone, gap, tone, rest])[np.newaxis], 5000)
    assert found["silent"] == [(pytest.approx(2.3, abs=0.05), pytest.approx(4.3, abs=0.05))]


def strength_of(samples: np.ndarray, rate: int, size: int) -> OnsetStrength:
    strength = OnsetStrength(rate)
    for start in range(0, len(samples), size):
        strength.add(samples[np.newaxis, start : start + size])
    return strength


def test_onsets_are_found_within_5_ms() -> None:
    random = np.random.default_rng(2)
    truth = [0.5, 1.13, 1.9, 2.4, 3.321, 4.0]
    samples = (random.standard_normal(5 * RATE) * 1e-4).astype(np.float32)
    for onset in truth:
        first = round(onset * RATE)
        samples[first : first + 9600] += sine(900.0, 0.2, -12.0) * np.exp(-np.arange(9600) / 3000).astype(np.float32)
    found = find_onsets(strength_of(samples, RATE, 4801))
    for onset in truth:
        assert min(abs(onset - one) for one in found) <= 0.005


@pytest.mark.parametrize("tempo", [84.0, 120.0])
def test_beats_of_steady_music_lie_on_its_grid(tempo: float) -> None:
    music = synthesis.music(np.random.default_rng(4), 40.0, tempo=tempo)
    beats = find_beats(strength_of(music, synthesis.RATE, synthesis.RATE))
    ratio = (beats.tempo or 0.0) / tempo
    assert min(abs(ratio - factor) for factor in (0.5, 1.0, 2.0)) < 0.03
    period = 60.0 / tempo / 2
    off = np.abs(np.array(beats.times) / period - np.round(np.array(beats.times) / period)) * period
    assert float(np.median(off)) <= 0.01
    assert set(beats.positions) <= set(range(1, beats.meter + 1))


def test_blocks_of_any_size_give_the_same_onsets() -> None:
    music = synthesis.music(np.random.default_rng(4), 10.0)
    assert find_onsets(strength_of(music, 44_100, 44_100)) == find_onsets(strength_of(music, 44_100, 997))


@pytest.mark.parametrize("scale", list(Scale))
@pytest.mark.parametrize("frequency", [100.0, 1000.0, 9000.0])
def test_a_full_scale_sine_is_0_db_in_the_row_of_its_frequency(scale: Scale, frequency: float) -> None:
    before = reach(RATE)
    tone = sine(frequency, 8.0, 0.0)[np.newaxis, : 2 * before + 64 * 512]
    gray = to_gray(column_power(tone, RATE, (scale,), 512, before)[scale])
    column = gray[:, 30]
    row = 255 - int(column.argmax())
    centers = frequencies(scale, RATE)
    neighbors = abs(centers[min(255, row + 1)] - centers[max(0, row - 1)])
    assert abs(centers[row] - frequency) <= max(neighbors, RATE / 2048)
    assert column.max() / 255 * 120 - 120 == pytest.approx(0.0, abs=2.0)


def test_a_short_click_is_seen_on_every_level() -> None:
    before = reach(RATE)
    for level in range(7):
        samples = np.zeros((1, 2 * before + 16 * hop(level)), np.float32)
        samples[0, before + 9 * hop(level) + hop(level) // 3] = 1.0
        power = column_power(samples, RATE, (Scale.LINEAR,), hop(level), before)[Scale.LINEAR].sum(axis=1)
        assert power.argmax() == 9 or level < 4  # finer levels are blurred by the length of the window
        assert power.max() > 0


def test_channels_in_opposite_phase_do_not_cancel() -> None:
    tone = sine(1000.0, 2.0, 0.0)
    before = reach(RATE)
    power = column_power(np.stack([tone, -tone]), RATE, (Scale.MEL,), 1024, before)[Scale.MEL]
    assert power.max() > 0.7


def test_the_coarse_spectrogram_shows_when_a_tone_sounds(tmp_path: Path) -> None:
    frames = 100 * RATE
    tone = np.zeros(frames, np.float32)
    tone[60 * RATE : 70 * RATE] = sine(2000.0, 10.0, -6.0)
    builder = CoarseSpectrogramBuilder(tmp_path / SPECTROGRAM_NAME, RATE, 1, frames)
    for start in range(0, frames, RATE):
        builder.add(tone[np.newaxis, start : start + RATE])
    assert builder.finish()
    data = (tmp_path / SPECTROGRAM_NAME).read_bytes()

    def read(start: int, stop: int) -> bytes:
        return data[start:stop]

    top = highest_level(frames)
    tile = read_tile(read, Scale.MEL, top, 0)
    assert tile is not None
    loud = np.flatnonzero(decode_tile(tile).max(axis=0) > 150) * hop(top) / RATE
    assert loud.min() == pytest.approx(60.0, abs=1.0)
    assert loud.max() == pytest.approx(70.0, abs=1.0)
    assert read_tile(read, Scale.MEL, top, 1) is None
    assert COLUMNS * hop(top) >= frames


def test_a_whole_file_is_analyzed_in_a_process_of_its_own(tmp_path: Path) -> None:
    music = synthesis.music(np.random.default_rng(6), 30.0)
    soundfile.write(tmp_path / "a.wav", music, synthesis.RATE)
    told: list[float] = []
    found = analyze_isolated(
        tmp_path / "a.wav", tmp_path, len(music), timeout=120, memory_bytes=2 << 30, on_progress=told.append
    )
    assert found.has_spectrogram
    assert found.statistics["tempo"] == pytest.approx(104.0, rel=0.03)
    written = orjson.loads((tmp_path / ANALYSIS_NAME).read_bytes())
    assert len(written["onsets"]) == found.statistics["onsets"] > 20
    assert told


def test_a_very_short_recording_is_analyzed_too(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(10), 8000)
    found = analyze(tmp_path / "a.wav", tmp_path, 10, lambda _: None)
    assert not found.has_spectrogram
    assert found.statistics["tempo"] is None
    assert found.statistics["loudness"] is None
