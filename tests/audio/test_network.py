"""A file never makes the decoder open another file or an address."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from labelbuddy_core.audio.decoding import Decoder
from labelbuddy_core.errors import AudioProblem

PADDING = b"\0" * 5000
"""Makes the text files below look binary, so that they reach the decoder."""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{address}/a.aac\n"),
        ("a.mpd", '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{address}</BaseURL></MPD>'),
        ("a.ffconcat", "ffconcat version 1.0\nfile {address}/a.wav\n"),
        ("a.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0\n"),
    ],
)
def test_playlists_reach_no_server(tmp_path: Path, name: str, text: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        source = tmp_path / name
        source.write_bytes(text.format(address=f"http://127.0.0.1:{port}", port=port).encode() + PADDING)
        with pytest.raises(AudioProblem):
            list(Decoder(source).blocks())
        server.settimeout(0.3)
        with pytest.raises(TimeoutError):
            server.accept()
