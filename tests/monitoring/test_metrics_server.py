"""The metrics server, as a program of this computer uses it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import zmq
from prometheus_client.parser import text_string_to_metric_families

from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.monitoring.metrics_server import MetricsServer
from gesturesynth.runtime.messages import ConductorStatus
from tests.cli.test_status import sending_statuses
from tests.support.app_process import AppProcess
from tests.support.waiting import wait_for


@contextmanager
def serving() -> Iterator[int]:
    """The server on a free port."""
    with zmq.Context() as context:
        server = MetricsServer(context, paths.runtime_dir(), 0)
        try:
            yield server.port
        finally:
            server.close()


def fetch(port: int, path: str, method: str = "GET") -> tuple[int, bytes]:
    request = Request(f"http://127.0.0.1:{port}{path}", method=method)
    try:
        with urlopen(request, timeout=30) as answer:  # noqa: S310 - the address stands above
            return answer.status, answer.read()
    except HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read()


def scraped(port: int) -> dict[str, dict[tuple[str, ...], float]]:
    """Name -> values of the labels -> number, as Prometheus reads it."""
    status, text = fetch(port, "/metrics")
    assert status == 200
    return {
        sample.name: {tuple(one.labels.values()): one.value for one in family.samples if one.name == sample.name}
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def test_it_is_healthy_while_everything_works() -> None:
    with sending_statuses(), serving() as port:
        wait_for(lambda: scraped(port)["gesturesynth_healthy"] == {(): 1.0}, "it to be healthy")
        status, text = fetch(port, "/health")
        assert (status, json.loads(text)["healthy"]) == (200, True)
        assert fetch(port, "/health", "HEAD") == (200, b"")


def test_it_answers_while_no_process_runs() -> None:
    with serving() as port:
        metrics = scraped(port)
        assert metrics["gesturesynth_healthy"] == {(): 0.0}
        assert set(metrics["gesturesynth_process_up"].values()) == {0.0}
        status, text = fetch(port, "/health")
        assert status == 503
        assert len(json.loads(text)["problems"]) == 3


def test_an_audio_clock_that_stands_still_is_noticed_between_requests() -> None:
    with sending_statuses(samples=48000), serving() as port:
        wait_for(lambda: "the audio clock stands still" in fetch(port, "/health")[1].decode(), "the clock to stand")


def test_other_paths_and_methods_are_refused() -> None:
    with serving() as port:
        assert fetch(port, "/")[0] == 404
        assert fetch(port, "/metrics", "POST")[0] == 405


def test_head_is_get_without_the_body() -> None:
    with serving() as port:
        assert fetch(port, "/metrics", "HEAD") == (200, b"")


def test_it_listens_to_this_computer_only() -> None:
    with serving() as port, socket.socket() as other:
        other.bind(("127.0.0.2", port))  # fails if the server listens to every address


def test_a_port_in_use_is_an_error_with_advice() -> None:
    with socket.socket() as taken, zmq.Context() as context:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(GestureSynthError, match=rf"TCP port {port} .*metrics\.port"):
            MetricsServer(context, paths.runtime_dir(), port)


def test_a_real_run_can_be_scraped() -> None:
    with AppProcess("--source", "demo", "--audio", "null") as running:
        running.wait_until_playing()
        port = running.until_logged("metrics server started")["port"]
        status = running.until(ConductorStatus, lambda latest: bool(latest.model), "a model")

        def metrics() -> dict[str, dict[tuple[str, ...], float]]:
            return scraped(port)

        wait_for(lambda: metrics()["gesturesynth_frame_age_seconds"][()] < 1.0, "fresh frames")
        now = metrics()
        assert set(now["gesturesynth_process_up"].values()) == {1.0}
        assert now["gesturesynth_process_resident_memory_bytes"][("conductor",)] > 1e7
        assert now["gesturesynth_source_live"] == {(): 1.0}
        assert now["gesturesynth_tracker_isolated"] == {(): 1.0}
        (labels,) = now["gesturesynth_info"]
        assert {status.preset, status.model, "null", "demo performer"} <= set(labels)
        before = now["gesturesynth_audio_samples_total"][()]
        wait_for(lambda: metrics()["gesturesynth_audio_samples_total"][()] > before, "the audio clock to move")
        running.stop()
        running.assert_nothing_is_left()


def test_a_run_plays_although_its_port_is_in_use() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with AppProcess("--source", "demo", "--audio", "null", f"--metrics-port={taken.getsockname()[1]}") as running:
            running.wait_until_playing()
            assert "cannot be had" in running.until_logged("metrics server failed")["reason"]
