"""Requests of our own to revisions under comparison: fixed sentences whose motion is scored, and the examples of every other route."""

import json
import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from statistics import mean
from typing import Any

from deployment.failure import Failure
from deployment.readings import Latency, Readings, latency
from deployment.sources import Arm
from deployment.web import Reply, Web

GENERATE, VALIDATE, BVH = "/generate", "/validate", "model/x-bvh"
CLASSES = ((3.0, "up to 3 s"), (6.0, "3 to 6 s"), (float("inf"), "over 6 s"))
"""By seconds of motion, which is what a request's time depends on."""
PROMPTS: tuple[dict[str, Any], ...] = (
    {"prompt": "a person walks forward", "duration": 2},
    {"prompt": "a man kicks with his left foot", "duration": 2.5},
    {"prompt": "she raises both arms", "duration": 3},
    {"prompt": "a person walks forward, then waves with the right hand", "duration": 5},
    {"prompt": "someone squats twice", "duration": 5},
    {"prompt": "a man turns around to the left", "duration": 4},
    {"prompt": "a person jogs, then stops and stands still", "duration": 8},
    {"prompt": "a woman walks backward slowly, then sits down", "duration": 8},
    {"prompt": "someone jumps three times, then bows", "duration": 10},
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request and the class that its seconds are counted in."""

    path: str
    body: Mapping[str, Any]
    klass: str
    scored: bool = False


def load_prompts(path: Path | None) -> Sequence[Mapping[str, Any]]:
    """One JSON object a line, as `/generate` takes them; our own when no file is given. Raises `Failure`."""
    if path is None:
        return PROMPTS
    try:
        return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise Failure(f"{path} is no file of prompts, one JSON object a line ({error}).", "--prompts FILE") from None


def plan(document: Mapping[str, Any], prompts: Sequence[Mapping[str, Any]]) -> list[Request]:
    """What to send to a function that describes itself so (OpenAPI)."""
    paths, requests = document.get("paths", {}), []
    for path, item in paths.items():
        if path == GENERATE:
            requests += [Request(path, one, _class_of(one), scored=VALIDATE in paths) for one in prompts]
        elif path not in ("/", "/events"):
            content = item.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json", {})
            requests += [Request(path, one["value"], path.strip("/")) for one in content.get("examples", {}).values()]
    return requests


class Trial:
    """Sends the same requests to every arm, one after the other, arm by arm in turns. `seconds` is the longest that an answer may take."""

    def __init__(self, web: Web, prompts: Sequence[Mapping[str, Any]], *, seconds: float) -> None:
        self._web, self._prompts, self._seconds = web, prompts, seconds

    def run(self, *arms: Arm) -> dict[str, Readings]:
        """Readings by revision. Every motion has a seed of its own: a repeated one would come from the store, at no cost."""
        done: dict[str, _Notes] = {arm.revision: _Notes() for arm in arms}
        for number, request in enumerate(self._plan(arms[-1], done[arms[-1].revision])):
            for arm in arms if number % 2 else arms[::-1]:
                self._send(arm, request, done[arm.revision])
        return {revision: notes.readings() for revision, notes in done.items()}

    def _plan(self, arm: Arm, notes: "_Notes") -> list[Request]:
        reply = self._ask(arm, "/openapi.json", notes)
        try:
            return plan(json.loads(reply.body), self._prompts) if reply else []
        except ValueError:
            notes.faults.append("/openapi.json is no JSON")
            return []

    def _send(self, arm: Arm, request: Request, notes: "_Notes") -> None:
        body = {**request.body, "seed": secrets.randbelow(1 << 31)} if request.path == GENERATE else request.body
        headers = {"content-type": "application/json"} | ({"accept": BVH} if request.scored else {})
        reply = self._ask(arm, request.path, notes, json.dumps(body).encode(), headers)
        if reply is None:
            return
        notes.seconds[request.klass].append(reply.seconds)
        if request.scored and (scored := self._ask(arm, VALIDATE, notes, reply.body, {"content-type": BVH})):
            notes.scores += _score(scored)

    def _ask(
        self, arm: Arm, path: str, notes: "_Notes", body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply | None:
        """The answer, or a note of what was wrong with it."""
        try:
            reply = self._web.send(arm.url + path, body, headers, seconds=self._seconds)
        except (OSError, HTTPException) as error:
            notes.faults.append(f"{path} gave no answer ({str(error) or type(error).__name__})")
            return None
        if reply.status >= 300:
            notes.faults.append(f"{path} answered {reply.status}{_detail(reply)}")
            return None
        return reply


class _Notes:
    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.scores: list[float] = []
        self.faults: list[str] = []

    def readings(self) -> Readings:
        classes: dict[str, Latency] = {name: latency(values) for name, values in self.seconds.items()}
        return Readings(latency=classes, quality=mean(self.scores) if self.scores else None, faults=tuple(self.faults))


def _class_of(prompt: Mapping[str, Any]) -> str:
    return next(name for most, name in CLASSES if float(prompt.get("duration", 5)) <= most)


def _score(reply: Reply) -> Iterator[float]:
    try:
        yield float(json.loads(reply.body)["score"])
    except (ValueError, KeyError, TypeError):
        return


def _detail(reply: Reply) -> str:
    try:
        return f": {json.loads(reply.body)['detail']}"
    except (ValueError, KeyError, TypeError):
        return ""
