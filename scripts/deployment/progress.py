"""How far a rollout has come, as a value: its phases, what follows which, and the traffic each one means. Pure; kept in an annotation.

    pinned -> created -> tagged -> shifted (one share after the other) -> promoted
       \\---------\\---------\\---------\\------------------------------> rolled back

Without a spare GPU the new revision has no pod before traffic is on it: `created` goes to `shifted` at once, with 100 as the only share.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from deployment.failure import Failure
from deployment.traffic import Target, split, to_latest, to_revision

ANNOTATION = "figurine/rollout"
TAGS = ("current", "candidate")


class Phase(StrEnum):
    PINNED = "pinned"
    """All traffic names the old revision, so that a new one gets none by itself."""
    CREATED = "created"
    """The new revision exists."""
    TAGGED = "tagged"
    """It is ready, and has a URL without a share."""
    SHIFTED = "shifted"
    """It has the share of the present step."""
    PROMOTED = "promoted"
    ROLLED_BACK = "rolled back"


ENDED = frozenset({Phase.PROMOTED, Phase.ROLLED_BACK})


@dataclass(frozen=True, slots=True)
class State:
    """One rollout. `before` is the newest revision at its beginning, not always the old one; `manifest` is a digest of what it ships;
    `baseline` is what was measured of an old revision that had to go first."""

    old: str
    before: str
    manifest: str
    shares: tuple[int, ...] = (5, 25, 50, 100)
    scarce: bool = False
    phase: Phase = Phase.PINNED
    new: str = ""
    step: int = 0
    reason: str = ""
    baseline: Mapping[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def share(self) -> int:
        """Percent of the traffic that the new revision has."""
        return self.shares[self.step] if self.phase is Phase.SHIFTED else 100 if self.phase is Phase.PROMOTED else 0

    @property
    def ended(self) -> bool:
        return self.phase in ENDED


def begin(old: str, before: str, manifest: str, shares: tuple[int, ...], *, scarce: bool = False) -> State:
    """A rollout before its first write. Raises `Failure` for shares that do not rise to 100."""
    shares = (100,) if scarce else shares
    if shares[-1:] != (100,) or any(not 0 < share <= 100 for share in shares) or sorted({*shares}) != [*shares]:
        raise Failure(f"Steps rise and end with 100; {','.join(map(str, shares))} do not.", "--steps 5,25,50,100")
    return State(old, before, manifest, shares, scarce)


def created(state: State, new: str) -> State:
    """The cluster has made the new revision."""
    assert state.phase is Phase.PINNED
    return replace(state, phase=Phase.CREATED, new=new)


def passed(state: State) -> State:
    """The present phase has been found good."""
    if state.phase is Phase.CREATED:
        return replace(state, phase=Phase.SHIFTED if state.scarce else Phase.TAGGED)
    if state.phase is Phase.TAGGED:
        return replace(state, phase=Phase.SHIFTED)
    assert state.phase is Phase.SHIFTED
    if state.step + 1 < len(state.shares):
        return replace(state, step=state.step + 1)
    return replace(state, phase=Phase.PROMOTED)


def failed(state: State, reason: str) -> State:
    """Back to the old revision, from wherever it is."""
    assert not state.ended
    return replace(state, phase=Phase.ROLLED_BACK, reason=reason)


def targets(state: State, latest: str) -> list[Target]:
    """The traffic that the state means. In the end it follows the newest revision again, if `latest` is the one meant."""
    if state.phase is Phase.SHIFTED and state.scarce:
        return [to_revision(state.new, 100, TAGS[1])]  # an old revision with a tag counts as reachable, and would keep its GPU
    if state.phase in (Phase.TAGGED, Phase.SHIFTED):
        return split(state.old, state.new, state.share, TAGS)
    meant = state.new if state.phase is Phase.PROMOTED else state.old
    if state.ended and meant == latest:
        return [to_latest()]
    return [to_revision(meant, 100)]


def write(state: State) -> str:
    """For the annotation."""
    return json.dumps(asdict(state), separators=(",", ":"))


def read(service: Mapping[str, Any]) -> State | None:
    """The last rollout of a Service; None before the first. Raises `Failure` for an annotation that this version does not understand."""
    text = service["metadata"].get("annotations", {}).get(ANNOTATION)
    if not text:
        return None
    try:
        values = json.loads(text)
        return State(**{**values, "shares": tuple(values["shares"]), "phase": Phase(values["phase"])})
    except (ValueError, TypeError, KeyError):
        name = service["metadata"]["name"]
        mend = f"kubectl annotate services.serving.knative.dev {name} {ANNOTATION}-"
        raise Failure(f"The annotation {ANNOTATION} of {name} is not one of this version.", mend) from None
