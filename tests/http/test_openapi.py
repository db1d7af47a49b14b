import json
from typing import Any

import pytest

from tests.serving import Client


@pytest.fixture
def document(clip: Client) -> Any:
    return clip.get("/openapi.json").json()


def test_every_example_runs_as_it_is(clip: Client, document: Any) -> None:
    examples = document["paths"]["/clip"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    assert len(examples) == 2
    for example in examples.values():
        assert clip.post("/clip", example["value"]).status == 200


def test_the_example_of_an_event_runs_as_it_is(clip: Client, document: Any) -> None:
    example = document["paths"]["/events"]["post"]["requestBody"]["content"]["application/cloudevents+json"]["examples"]["clip"]
    assert clip.send("/events", json.dumps(example["value"]).encode(), "application/cloudevents+json").status == 200


def test_every_served_address_is_described(clip: Client, document: Any) -> None:
    served = {getattr(route, "path", "") for route in clip.app.routes} - {"/openapi.json"}
    assert served == set(document["paths"])


def test_every_reference_leads_somewhere(document: Any) -> None:
    def references(part: Any) -> set[str]:
        if isinstance(part, dict):
            own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
            return own.union(*map(references, part.values()))
        return set().union(*map(references, part)) if isinstance(part, list) else set()

    found = references(document)
    assert found
    for reference in found:
        part = document
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]


def test_what_a_route_can_answer_is_described(document: Any) -> None:
    responses = document["paths"]["/clip"]["post"]["responses"]
    assert set(responses["200"]["content"]) == {"application/json", "text/plain", "model/gltf-binary"}
    assert {"400", "406", "413", "415", "422", "429", "500", "503", "504"} < set(responses)
    assert "X-Gpu-Seconds" in responses["200"]["headers"]


def test_the_index_leads_to_the_routes(clip: Client) -> None:
    index = clip.get("/").json()
    assert [model["route"] for model in index["models"]] == ["/clip", "/picture"]
    assert clip.get(index["openapi"]).status == 200
