"""A scanner that answers as ClamAV's daemon does, and a place for files that is forgotten."""

import socketserver
import struct
import threading

import pytest

BAD = b"this is what a virus looks like here"


class Scanner(socketserver.BaseRequestHandler):
    """Speaks INSTREAM: finds what contains `BAD`."""

    def handle(self):
        assert self._take(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!L", self._take(4))[0]:
            content += self._take(length)
        found = BAD in content
        self.request.sendall(b"stream: Test.Virus FOUND\0" if found else b"stream: OK\0")

    def _take(self, count):
        taken = b""
        while len(taken) < count:
            taken += self.request.recv(count - len(taken))
        return taken


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    settings.CLAMD = ""


@pytest.fixture
def scanner(settings):
    """Run a scanner; yields its address."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Scanner) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMD = f"127.0.0.1:{server.server_address[1]}"
        yield settings.CLAMD
        server.shutdown()
