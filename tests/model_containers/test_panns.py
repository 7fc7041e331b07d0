"""PANNs: checkpoints of the published layout, networks against plain arithmetic, events, and downloads that go on."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from asking_apps import AppSession
from running_models import ROOT, music
from torch import Tensor
from torch.nn import functional

from model_containers import downloads
from model_containers.panns import decode, features, fetch, network, weights
from model_containers.panns.app import PannsModel
from model_containers.panns.checkpoints import CHECKPOINTS, checkpoint
from model_containers.panns.labels import LABELS
from model_containers.serving import Options
from model_containers.serving.contract import check

WIDTH = 4
"""Channels of the first block here; 64 in the published networks."""

ARCHITECTURES = ("cnn14", "cnn14-segments", "cnn6", "mobilenet-v2")


def random_state(architecture: str, width: int = WIDTH) -> dict[str, Tensor]:
    """Weights at random, with the tensors of the spectrogram that the published files carry too."""
    generator = torch.Generator().manual_seed(0)
    state = network.build(architecture, width).state_dict()
    for name, value in state.items():
        if name.endswith("running_var"):
            value.uniform_(0.5, 1.5, generator=generator)
        elif name.endswith("num_batches_tracked"):
            value.fill_(600_000)
        elif value.ndim == 1:
            value.normal_(1.0 if name.endswith("weight") else 0.0, 0.1, generator=generator)
    state["bn0.running_mean"].fill_(-30.0)
    front = {
        "spectrogram_extractor.stft.conv_real.weight": torch.zeros(513, 1, 1024),
        "spectrogram_extractor.stft.conv_imag.weight": torch.zeros(513, 1, 1024),
        "logmel_extractor.melW": torch.zeros(513, 64),
    }
    return {**front, **state}


def write_checkpoint(path: Path, architecture: str) -> dict[str, Tensor]:
    """A file as the training of PANNs leaves it: with the iteration and numpy arrays of its sampler."""
    state = random_state(architecture)
    sampler = {"indexes": np.arange(5), "pointer": 3}
    torch.save({"iteration": 600_000, "model": state, "sampler": sampler}, path)
    return state


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks of a few channels."""
    full = network.build
    monkeypatch.setattr(network, "build", lambda architecture, width=WIDTH: full(architecture, width))


@pytest.fixture
def model(tmp_path: Path, small: None) -> PannsModel:
    write_checkpoint(tmp_path / checkpoint("cnn14-events").file, "cnn14-segments")
    return PannsModel(tmp_path)


def test_audioset_has_527_classes_in_their_order() -> None:
    assert (len(LABELS), len(set(LABELS))) == (527, 527)
    assert (LABELS[0], LABELS[137], LABELS[526]) == ("Speech", "Music", "Field recording")
    listed = (ROOT / "model_containers/panns/class_labels_indices.csv").read_bytes()
    # the file of the AudioSet site, byte by byte
    assert hashlib.sha256(listed).hexdigest() == "cdd1049833c4b86127c2773ac0d14a2754b6a6d0d1798002ed5c66e699708429"


@pytest.mark.parametrize(
    ("architecture", "tensors", "parameters"),
    # the original classes hold so many; without the three tensors of the spectrogram
    [
        ("cnn14", 81, 80_753_615),
        ("cnn14-segments", 81, 80_753_615),
        ("cnn6", 33, 4_837_455),
        ("mobilenet-v2", 321, 4_075_343),
    ],
)
def test_a_network_has_the_tensors_of_its_checkpoint(architecture: str, tensors: int, parameters: int) -> None:
    with torch.device("meta"):
        built = network.build(architecture)
    assert len(built.state_dict()) == tensors
    assert sum(one.numel() for one in built.parameters()) == parameters
    last, shape = {
        "cnn6": ("conv_block4.conv1.weight", (512, 256, 5, 5)),
        "mobilenet-v2": ("features.17.conv.3.weight", (960, 1, 3, 3)),
    }.get(architecture, ("conv_block6.conv2.weight", (2048, 2048, 3, 3)))
    assert built.state_dict()[last].shape == shape


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_network_computes_what_the_paper_says(architecture: str, tmp_path: Path) -> None:
    state = write_checkpoint(tmp_path / "c.pth", architecture)
    built = weights.load(tmp_path / "c.pth", network.build(architecture, WIDTH))
    spectrogram = torch.randn(1, 320, 64, generator=torch.Generator().manual_seed(1)) * 15.0 - 30.0
    with torch.inference_mode():
        clip, _ = built.clip(built.map(spectrogram))
        assert float(clip.std()) > 0.01
        assert float((clip - _plainly(architecture, state, spectrogram)).abs().max()) < 1e-5


def _plainly(architecture: str, state: dict[str, Tensor], spectrogram: Tensor) -> Tensor:
    """Kong et al. 2020, section III, step by step on the tensors of the file."""

    def normalized(values: Tensor, name: str) -> Tensor:
        shape = (1, -1, 1, 1)
        mean, variance = state[f"{name}.running_mean"].view(shape), state[f"{name}.running_var"].view(shape)
        scaled = (values - mean) / torch.sqrt(variance + 1e-5)
        return scaled * state[f"{name}.weight"].view(shape) + state[f"{name}.bias"].view(shape)

    def halved(values: Tensor) -> Tensor:
        time, bands = values.shape[2] // 2, values.shape[3] // 2
        return values[:, :, : 2 * time, : 2 * bands].unflatten(2, (time, 2)).unflatten(4, (bands, 2)).mean((3, 5))

    values = normalized(spectrogram[:, None].permute(0, 3, 2, 1), "bn0").permute(0, 3, 2, 1)
    if architecture == "mobilenet-v2":
        values = _mobile(state, values, normalized, halved)
    blocks = {"cnn6": 4, "mobilenet-v2": 0}.get(architecture, 6)
    for number in range(1, blocks + 1):
        for convolution in ("1",) if architecture == "cnn6" else ("1", "2"):
            kernel = state[f"conv_block{number}.conv{convolution}.weight"]
            values = functional.conv2d(values, kernel, padding=kernel.shape[-1] // 2)
            values = normalized(values, f"conv_block{number}.bn{convolution}").clamp(min=0.0)
        if number < 6:
            values = halved(values)
    mapped = values.mean(3)[0].T
    dense = (state["fc1.weight"], state["fc1.bias"]), (state["fc_audioset.weight"], state["fc_audioset.bias"])
    if architecture == "cnn14-segments":
        edge = torch.zeros(1, mapped.shape[1])
        before, after = torch.cat([edge, mapped[:-1]]), torch.cat([mapped[1:], edge])
        pooled = torch.maximum(torch.maximum(before, mapped), after) + (before + mapped + after) / 3.0
    else:
        pooled = (mapped.max(0).values + mapped.mean(0))[None]
    for place, (weight, bias) in enumerate(dense):
        pooled = pooled @ weight.T + bias
        pooled = pooled.clamp(min=0.0) if place == 0 else torch.sigmoid(pooled)
    return pooled.max(0).values[None]


def _mobile(state: dict[str, Tensor], values: Tensor, normalized: Any, halved: Any) -> Tensor:
    """MobileNetV2 as its authors list it: (times wider, how often, stride); a stride is a mean of two by two here."""

    def convolved(values: Tensor, name: str, groups: int = 1) -> Tensor:
        kernel = state[f"features.{name}.weight"]
        return functional.conv2d(values, kernel, padding=kernel.shape[-1] // 2, groups=groups)

    def six(values: Tensor, name: str) -> Tensor:
        return normalized(values, f"features.{name}").clamp(0.0, 6.0)

    values = six(halved(convolved(values, "0.0")), "0.2")
    at = 0
    for wider, count, stride in ((1, 1, 1), (6, 2, 2), (6, 3, 2), (6, 4, 2), (6, 3, 2), (6, 3, 1), (6, 1, 1)):
        for number in range(count):
            at, step, before = at + 1, 0, values
            if wider > 1:
                values, step = six(convolved(values, f"{at}.conv.0"), f"{at}.conv.1"), 3
            values = convolved(values, f"{at}.conv.{step}", groups=values.shape[1])
            values = halved(values) if stride == 2 and number == 0 else values
            values = six(values, f"{at}.conv.{step + 2}")
            values = normalized(convolved(values, f"{at}.conv.{step + 4}"), f"features.{at}.conv.{step + 5}")
            if not (stride == 2 and number == 0) and before.shape == values.shape:
                values = before + values
    return six(convolved(values, "18.0"), "18.1")


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_there_is_an_answer_for_every_third_of_a_second(architecture: str) -> None:
    built = network.build(architecture, WIDTH).eval()
    with torch.inference_mode():
        assert built.segments(built.map(torch.zeros(1, 1025, 64))).shape == (1, 32, 527)
        assert built.segments(built.map(torch.zeros(1, 97, 64))).shape == (1, 3, 527)


@pytest.mark.parametrize("name", ["cnn14", "cnn14-16k"])
def test_features_are_those_of_librosa(name: str) -> None:
    librosa = pytest.importorskip("librosa")
    front = checkpoint(name).front
    samples = music(2.0, front.sample_rate)
    power = librosa.feature.melspectrogram(
        y=samples,
        sr=front.sample_rate,
        n_fft=front.fft_size,
        hop_length=front.hop,
        n_mels=64,
        fmin=front.lowest,
        fmax=front.highest,
        pad_mode="reflect",
    )
    reference = librosa.power_to_db(power, ref=1.0, amin=1e-10, top_db=None).T
    assert np.abs(features.log_mel(samples, front) - reference).max() < 1e-2


def test_a_file_of_another_network_is_refused(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "c.pth", "cnn6")
    with pytest.raises(weights.WeightsError, match="is of another network"):
        weights.load(tmp_path / "c.pth", network.build("cnn14", WIDTH))


class _Harmful:
    def __reduce__(self) -> Any:
        return print, ("this ran",)


def test_nothing_in_a_checkpoint_is_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"model": random_state("cnn6"), "sampler": _Harmful()}, tmp_path / "c.pth")
    with pytest.raises(weights.WeightsError, match="cannot be read as weights"):
        weights.read(tmp_path / "c.pth")
    assert capsys.readouterr().out == ""


def test_windows_reach_the_end_and_join_without_a_seam() -> None:
    front = checkpoint("cnn14").front
    length = 25 * front.sample_rate
    starts = features.window_starts(length, front)
    counts = [
        len(features.window_at(np.zeros(length, np.float32), start, front)) // front.hop // features.SEGMENT_FRAMES
        for start in starts
    ]
    windows = [
        np.arange(place * features.HOP_SEGMENTS, place * features.HOP_SEGMENTS + count, dtype=np.float32)[:, None]
        for place, count in enumerate(counts)
    ]
    assert decode.joined(windows)[:, 0].tolist() == list(range(int(25 / features.SEGMENT_SECONDS)))


def test_events_begin_at_the_threshold_and_end_below_half_of_it() -> None:
    track = np.zeros((20, 2), np.float32)
    track[2:9, 0] = [0.15, 0.15, 0.4, 0.4, 0.15, 0.15, 0.05]
    track[12, 0] = 0.4  # one segment alone: chance
    track[15, 1] = 0.9  # one segment alone, but sure: a bark
    found = decode.events(track, ("Rain", "Bark"), 0.2, 6.4)
    assert [(one.label, round(one.start, 2), round(one.end, 2)) for one in found] == [
        ("Rain", 0.64, 2.56),
        ("Bark", 4.8, 5.12),
    ]
    assert [round(one.score, 3) for one in found] == [0.4, 0.9]


def test_the_last_event_ends_with_the_sound() -> None:
    (found,) = decode.events(np.full((3, 1), 0.5, np.float32), ("Rain",), 0.2, 1.1)
    assert (found.start, found.end) == (0.0, 1.1)


def test_the_model_keeps_the_contract(model: PannsModel) -> None:
    findings = check(AppSession(model))
    assert [finding for finding in findings if not finding.kept] == []


def test_it_serves_the_checkpoint_that_is_there(tmp_path: Path, small: None) -> None:
    write_checkpoint(tmp_path / checkpoint("cnn14-16k").file, "cnn14")
    model = PannsModel(tmp_path)
    model.load()
    assert (model.information.version, model.information.sample_rate) == ("0.1.0-cnn14-16k", 16_000)
    answer = model.predict(music(12.0), Options(threshold=0.0, top_k=3))
    assert len(answer.tags) == 3
    assert max(one.end for one in answer.regions) == 12.0
    assert model.embed(music(12.0)).vectors.shape == (2, WIDTH * 32)


def test_vectors_are_the_same_whether_the_answer_came_before_or_not(tmp_path: Path, small: None) -> None:
    write_checkpoint(tmp_path / checkpoint("cnn14-16k").file, "cnn14")
    asked, fresh = PannsModel(tmp_path), PannsModel(tmp_path)
    for model in (asked, fresh):
        model.load()
    asked.predict(music(12.0), Options())
    assert (asked.embed(music(12.0)).vectors == fresh.embed(music(12.0)).vectors).all()


def test_without_a_checkpoint_it_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"panns\.fetch cnn14-events"):
        PannsModel(tmp_path).load()
    with pytest.raises(ValueError, match="there are cnn14-events, cnn14,"):
        PannsModel(tmp_path, "cnn99")


@pytest.mark.parametrize("name", ["model.yaml", "model.local.yaml"])
def test_its_files_declare_every_class(name: str) -> None:
    declared = yaml.safe_load((ROOT / "model_containers/panns" / name).read_text())
    assert [tuple(item["labels"]) for item in declared["output_schema"]] == [LABELS, LABELS]


CONTENT = bytes(range(256)) * 2_000
SMALL = replace(CHECKPOINTS[0], digest=hashlib.sha256(CONTENT).hexdigest(), size=len(CONTENT))


class _BrokenServer(http.server.BaseHTTPRequestHandler):
    """Sends CONTENT from the wanted byte on, at most 200,000 bytes before it hangs up."""

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.asked.append(wanted)  # type: ignore[attr-defined]
        first = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        if first >= len(CONTENT):
            self.send_error(416)
            return
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(CONTENT) - first))
        self.end_headers()
        self.wfile.write(CONTENT[first : first + 200_000])

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Any]:
    serving = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _BrokenServer)
    serving.asked = []  # type: ignore[attr-defined]
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield serving
    serving.shutdown()
    serving.server_close()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads.time, "sleep", lambda _: None)


def test_a_download_that_breaks_off_goes_on_where_it_stopped(server: Any, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{server.server_port}/c.pth"
    assert fetch.fetch(SMALL, tmp_path, url=url)
    assert (tmp_path / SMALL.file).read_bytes() == CONTENT
    assert server.asked == [None, "bytes=200000-", "bytes=400000-"]
    assert not fetch.fetch(SMALL, tmp_path, url=url)
    assert [one.name for one in tmp_path.iterdir()] == [SMALL.file]


def test_what_has_another_checksum_is_not_kept(server: Any, tmp_path: Path) -> None:
    wanted = replace(SMALL, digest="0" * 64)
    with pytest.raises(downloads.DownloadError, match="its sha256 differs"):
        fetch.fetch(wanted, tmp_path, url=f"http://127.0.0.1:{server.server_port}/c.pth")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_downloaded_elsewhere_is_taken_if_it_is_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.pth").write_bytes(CONTENT)
    assert fetch.fetch(SMALL, tmp_path / "to", file=tmp_path / "mine.pth")
    assert fetch.main(["cnn14", "--to", str(tmp_path / "to"), "--file", str(tmp_path / "mine.pth")]) == 1
    assert "is not Cnn14_mAP=0.431.pth: it has 512,000 bytes instead of 327,428,481" in capsys.readouterr().err


def test_the_published_files_are_named_and_found_as_on_the_record() -> None:
    by_name = {one.name: (one.file, one.url, one.algorithm, len(one.digest)) for one in CHECKPOINTS}
    record = "https://zenodo.org/records/3987831/files/"
    assert by_name == {
        name: (file, f"{record}{file.replace('=', '%3D')}?download=1", algorithm, digits)
        for name, file, algorithm, digits in (
            ("cnn14-events", "Cnn14_DecisionLevelMax_mAP=0.385.pth", "sha256", 64),
            ("cnn14", "Cnn14_mAP=0.431.pth", "sha256", 64),
            ("cnn14-16k", "Cnn14_16k_mAP=0.438.pth", "sha256", 64),
            ("cnn6", "Cnn6_mAP=0.343.pth", "md5", 32),
            ("mobilenet-v2", "MobileNetV2_mAP=0.383.pth", "sha256", 0),
        )
    }
    assert len({one.digest for one in CHECKPOINTS}) == len(CHECKPOINTS)


def test_an_address_that_nothing_answers_is_told(tmp_path: Path) -> None:
    with pytest.raises(downloads.DownloadError, match="could not be downloaded"):
        fetch.fetch(SMALL, tmp_path, url="http://127.0.0.1:9/c.pth")


def test_a_checkpoint_whose_checksum_nobody_told_is_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(downloads.DownloadError, match=r"checksum is not known here: get https://zenodo\.org/"):
        fetch.fetch(checkpoint("mobilenet-v2"), tmp_path)
    assert list(tmp_path.iterdir()) == []
