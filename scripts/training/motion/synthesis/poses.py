"""Small vocabulary for keyframes: arms, sides, and how a gesture fits into its span."""

from function.models.motion.text.plan import Action, Side
from function.models.motion.text.timing import TEMPO

from .body import SIDES
from .stage import Pose, Span, Stage

SHORTEST = 0.5  # a gesture is hurried down to this share of its natural time, then cut off


def arm(side: str, forward: float, out: float, twist: float = 8.0, elbow: float = 10.0) -> dict[str, float]:
    """One arm, degrees."""
    return {f"{side}_arm_forward": forward, f"{side}_arm_out": out, f"{side}_arm_twist": twist, f"{side}_elbow": elbow}


def arms(forward: float, out: float, twist: float = 8.0, elbow: float = 10.0) -> dict[str, float]:
    """Both arms alike, degrees."""
    return arm("left", forward, out, twist, elbow) | arm("right", forward, out, twist, elbow)


def sides(side: Side | None, unsaid: Side = "right") -> tuple[str, ...]:
    """The sides an action uses."""
    chosen = side or unsaid
    return SIDES if chosen == "both" else (chosen,)


def other(side: str) -> str:
    """The opposite side."""
    return SIDES[1 - SIDES.index(side)]


def sign(side: str) -> float:
    """+1 for left (the +X side), -1 for right."""
    return 1.0 if side == "left" else -1.0


def fit(stage: Stage, span: Span, seconds: float) -> tuple[float, float]:
    """When a gesture of `seconds` begins after a short hesitation, and by how much its times shrink."""
    slack = max(span.seconds - seconds, 0.0)
    delay = min(stage.rng.uniform(0.05, 0.3), slack + 0.05 * span.seconds)
    pace = stage.rng.uniform(0.94, 1.06)
    return span.start + delay, max(min(pace, (span.seconds - delay) / seconds), SHORTEST)


def repeated(keys: list[tuple[float, Pose]], times: int, period: float, scale: float = 1.0) -> list[tuple[float, Pose]]:
    """`keys` again and again, every `period` seconds, all times scaled."""
    return [((turn * period + time) * scale, pose) for turn in range(times) for time, pose in keys]


def tempo(action: Action) -> float:
    """How much longer than normal the action takes."""
    return TEMPO[action.speed]
