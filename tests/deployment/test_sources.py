"""Where readings come from."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from deployment.failure import Failure
from deployment.readings import Latency
from deployment.sources import Arm, Prometheus, Scrape, parse
from deployment.web import Web
from tests.deployment.world import World

TEXT = """\
figurine_requests_total{route="/generate",status="200",code=""} 9
figurine_requests_total{route="/generate",status="500",code="model_failed"} 1
figurine_requests_total{route="/health/ready",status="503",code=""} 700
figurine_request_seconds_bucket{route="/generate",duration="short",le="1.0"} 10
figurine_request_seconds_bucket{route="/generate",duration="short",le="+Inf"} 10
figurine_gpu_memory_used_bytes{device="0"} 5
figurine_gpu_memory_total_bytes{device="0"} 8
"""
OLD = Arm("motion-00001", "http://motion.default.example.com")


@contextmanager
def answering(answer: Any) -> Iterator[tuple[str, list[str]]]:
    """An HTTP server that answers every query the same; the queries are kept."""
    queries: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            queries.append(parse_qs(urlsplit(self.path).query)["query"][0])
            body = json.dumps({"data": {"result": answer(queries[-1])}}).encode() if answer else b"<html>"
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", queries
    server.shutdown()
    server.server_close()
    thread.join()


def test_probes_are_no_work() -> None:
    assert parse(TEXT).requests == {("200",): 9, ("500",): 1}


def test_a_class_is_a_route_with_whatever_else_divides_a_series() -> None:
    assert {name for name, _ in parse(TEXT).buckets} == {"/generate short"}


def test_memory_is_that_of_the_fullest_device() -> None:
    assert (parse(TEXT).memory, parse(TEXT).capacity) == (5, 8)


@pytest.mark.parametrize("way", ["pods", "url"])
def test_only_what_came_after_the_beginning_counts(place: World, way: str) -> None:
    if way == "url":
        place.api.denied.add(("get", "pods/proxy"))
    web = Web(place.gateway.address)
    source = Scrape(place.cluster, web)
    web.send(f"{OLD.url}/generate", b'{"prompt": "a bow"}', {"content-type": "application/json"})
    source.begin(OLD)
    for _ in range(3):
        web.send(f"{OLD.url}/generate", b'{"prompt": "a bow"}', {"content-type": "application/json"})
    found = source.read(OLD)
    assert (found.requests, found.errors, found.latency["/generate"].requests) == (3, 0, 3)


def test_prometheus_is_asked_for_the_pods_of_a_revision() -> None:
    def answer(query: str) -> list[Any]:
        if "bucket" in query:
            return [{"metric": {"route": "/generate", "le": bound}, "value": [0, "40"]} for bound in ("1.0", "+Inf")]
        if "by (status)" in query:
            return [{"metric": {"status": status}, "value": [0, count]} for status, count in (("200", "38.2"), ("500", "1.8"))]
        return [{"metric": {}, "value": [0, "7"]}]

    with answering(answer) as (url, queries):
        source = Prometheus(url, "default")
        source.begin(OLD)
        found = source.read(OLD)
    assert (found.requests, found.errors, found.memory) == (40, 2, 7)
    assert found.latency == {"/generate": Latency(0.95, 0.5, 40)}
    assert all('pod=~"motion-00001-deployment-.*"' in query for query in queries)


def test_a_prometheus_that_cannot_be_read_is_a_sentence() -> None:
    with answering(None) as (url, _), pytest.raises(Failure, match="gives no answer that can be read"):
        Prometheus(url, "default").read(OLD)
