import re

from function.engine import Timings
from function.observe.metrics import MOST_TENANTS, Metrics
from function.observe.record import Record
from tests.conftest import Serve

TIMINGS = Timings(queue=0.001, batch=0.002, model=0.2, encode=0.003, device=0.5, batch_size=3)


def text(metrics: Metrics) -> str:
    return metrics.render()[0].decode()


def finished(tenant: str = "") -> Record:
    return Record("id", route="/clip", status=200, tenant=tenant, seconds=0.03, timings=TIMINGS)


def test_a_request_is_counted_by_route_and_code() -> None:
    metrics = Metrics()
    metrics.begin()
    metrics.begin()
    metrics.end(finished())
    assert 'figurine_requests_total{code="ok",route="/clip",status="200"} 1.0' in text(metrics)
    assert "figurine_requests_in_flight 1.0" in text(metrics)
    assert 'figurine_request_seconds_bucket{duration="",le="0.05",route="/clip"} 1.0' in text(metrics)


def test_a_jobs_seconds_are_counted_by_stage() -> None:
    metrics = Metrics()
    metrics.job("clip", TIMINGS, "ok")
    for stage, seconds in (("queue", 0.001), ("batch", 0.002), ("model", 0.2), ("encode", 0.003)):
        assert f'figurine_{stage}_seconds_sum{{model="clip"}} {seconds}' in text(metrics)
    assert 'figurine_jobs_total{model="clip",outcome="ok"} 1.0' in text(metrics)


def test_batches_are_counted_by_size() -> None:
    metrics = Metrics()
    metrics.batch("clip", 3, 0.2)
    assert 'figurine_batch_size_bucket{le="2",model="clip"} 0.0' in text(metrics)
    assert 'figurine_batch_size_bucket{le="4",model="clip"} 1.0' in text(metrics)


def test_a_phase_of_the_bring_up_is_shown() -> None:
    metrics = Metrics()
    metrics.phase("load clip", 1.5)
    assert 'figurine_startup_seconds{phase="load clip"} 1.5' in text(metrics)


def test_the_version_of_a_model_that_is_up_is_shown() -> None:
    metrics = Metrics()
    metrics.loaded("clip", "tiny", "7")
    assert 'figurine_model_info{model="clip",variant="tiny",version="7"} 1.0' in text(metrics)


def test_device_seconds_are_shared_out_by_tenant() -> None:
    metrics = Metrics()
    metrics.end(finished("ann"))
    metrics.end(finished("ann"))
    assert 'figurine_gpu_seconds_total{tenant="ann"} 1.0' in text(metrics)


def test_tenants_beyond_the_bound_share_a_label() -> None:
    metrics = Metrics()
    for number in range(MOST_TENANTS + 50):
        metrics.end(finished(f"tenant-{number}"))
    assert len(re.findall(r"figurine_gpu_seconds_total\{", text(metrics))) == MOST_TENANTS + 1
    assert 'figurine_gpu_seconds_total{tenant="other"} 25.0' in text(metrics)


def test_every_name_has_the_prefix() -> None:
    names = re.findall(r"^# TYPE (\S+)", text(Metrics()), re.MULTILINE)
    assert names
    assert all(name.startswith("figurine_") for name in names)


def test_a_server_shows_what_it_has_done(serve: Serve) -> None:
    client = serve("Clip")
    client.post("/clip", {"prompt": "walk"}, x_tenant="ann")
    client.get("/nowhere")
    reply = client.get("/metrics")
    shown = reply.body.decode()
    assert reply.headers["content-type"].startswith("text/plain")
    assert 'figurine_requests_total{code="ok",route="/clip",status="200"} 1.0' in shown
    assert 'figurine_requests_total{code="not_found",route="none",status="404"} 1.0' in shown
    assert 'figurine_gpu_seconds_total{tenant="ann"}' in shown
    assert 'figurine_batch_size_count{model="clip"} 1.0' in shown
    assert "figurine_queue_length 0.0" in shown
    assert "figurine_ready 1.0" in shown
    assert 'figurine_startup_seconds{phase="import"}' in shown
