"""A relay in front of a server that counts what a browser has received: DevTools reports media late and in part."""

from __future__ import annotations

import fcntl
import socket
import struct
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

BLOCK = 1 << 16


@contextmanager
def relayed(url: str) -> Iterator[tuple[str, Callable[[], int]]]:
    """The same address at another port of this machine, and a function that says how many bytes came through it.

    Bytes count when the browser's side has acknowledged them, whether the page has read them or not.
    """
    parts = urlsplit(url)
    server = (parts.hostname or "", parts.port or 80)
    downloads: list[_Download] = []

    def accept() -> None:
        while True:
            try:
                browser = listener.accept()[0]
            except OSError:
                return  # the relay has ended
            upstream = socket.create_connection(server)
            download = _Download(upstream, browser)
            downloads.append(download)
            for work in (download, _Download(browser, upstream)):
                threading.Thread(target=work.run, daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        try:
            yield (
                parts._replace(netloc=f"127.0.0.1:{listener.getsockname()[1]}").geturl(),
                lambda: sum(download.acknowledged() for download in downloads),
            )
        finally:
            listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
            for download in downloads:
                download.close()


class _Download:
    """One direction of a connection."""

    def __init__(self, source: socket.socket, sink: socket.socket) -> None:
        self.source, self.sink, self.sent = source, sink, 0

    def run(self) -> None:
        try:
            while block := memoryview(self.source.recv(BLOCK)):
                while block:
                    count = self.sink.send(block)
                    self.sent += count
                    block = block[count:]
            self.sink.shutdown(socket.SHUT_WR)
        except OSError:
            self.close()

    def close(self) -> None:
        for end in (self.source, self.sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it has ended already

    def acknowledged(self) -> int:
        """Bytes that are no longer in the kernel's queue of what was sent."""
        queued = struct.unpack("i", fcntl.ioctl(self.sink, termios.TIOCOUTQ, struct.pack("i", 0)))[0]
        return self.sent - queued
