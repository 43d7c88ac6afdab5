"""The page over HTTPS, with a certificate of one's own; and without one that can be read."""

from __future__ import annotations

import http.client
import ssl
import subprocess
from pathlib import Path

import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.support.app_process import AppProcess
from tests.support.page_process import page_process


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    crt, key = folder / "page.crt", folder / "page.key"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(crt))
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    return crt, key


def test_everything_is_encrypted(certificate: tuple[Path, Path], tmp_path: Path) -> None:
    crt, key = certificate
    config = tmp_path / "gesturesynth.yaml"
    config.write_text(f"page: {{certificate: {crt}, key: {key}}}\n")
    trusted = ssl.create_default_context(cafile=crt)
    with page_process("--config", str(config)) as page:
        connection = http.client.HTTPSConnection("127.0.0.1", page.port, timeout=5, context=trusted)
        connection.request("GET", "/")
        answer = connection.getresponse()
        assert answer.status == 200
        assert f"wss://{page.host}" in str(answer.headers["content-security-policy"])
        connection.close()
        with connect(
            f"wss://{page.host}/live",
            origin=Origin(f"https://{page.host}"),
            ssl=trusted,
            compression=None,
        ) as socket:
            assert "welcome" in str(socket.recv(5))
        with pytest.raises(ConnectionError):
            page.get()


def test_a_certificate_that_cannot_be_read_is_said_and_everything_else_plays(tmp_path: Path) -> None:
    config = tmp_path / "gesturesynth.yaml"
    config.write_text("page: {certificate: /nonexistent/page.crt, key: /nonexistent/page.key}\n")
    with AppProcess("--source", "demo", "--audio", "null", "--config", config, "--page-port=0") as run:
        assert "page.certificate" in str(run.until_logged("page not served")["message"])
        run.wait_until_playing()
        assert run.stop() == 0
