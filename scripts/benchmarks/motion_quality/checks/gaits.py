"""Checks of travel and of flight: gaits, jumps, jumping jacks, turns."""

import math
from typing import Literal

import numpy as np

from benchmarks.motion_quality.checks import limits
from benchmarks.motion_quality.checks.findings import Finding, counted, expect, paced
from benchmarks.motion_quality.signals import excursions, runs, steadied, turning_points
from benchmarks.motion_quality.track import HEAD, LIMBS, PELVIS, Array, Mask, MotionTrack
from function.models.motion.text.plan import Action


def airborne(track: MotionTrack) -> Mask:
    """Both feet are off the floor."""
    left, right = (track.sole(side) > limits.AIRBORNE for side in LIMBS)
    return left & right


def passes(track: MotionTrack) -> list[int]:
    """Frames at which the feet took turns: one came before, beside or above the other."""
    left, right = (track.from_pelvis("Ankle", side) for side in LIMBS)
    ahead = turning_points(left[:, 2] - right[:, 2], limits.GAIT_SWING)
    above = turning_points(track.sole("left") - track.sole("right"), limits.STEP_LIFT)
    return max(ahead, above, key=len)


def both_down(track: MotionTrack) -> float:
    """Share of the frames from the first to the last step in which both feet are on the floor."""
    steps = passes(track)
    left, right = (track.sole(side) < limits.SOLE_DOWN for side in LIMBS)
    return float((left & right)[steps[0] : steps[-1] + 1].mean()) if steps else 1.0


def _walks(track: MotionTrack) -> list[Finding]:
    """The body never flies, and each step begins on both feet."""
    flown, carried = float(airborne(track).mean()), both_down(track)
    return [
        expect(flown < limits.WALK_FLIGHT, f"{flown:.0%} of the time in the air"),
        expect(carried > limits.BOTH_DOWN[0], f"{carried:.0%} of the time on both feet"),
    ]


def travel(track: MotionTrack) -> tuple[float, float]:
    """Mean speed along the facing and to the left, m/s."""
    forward, left = track.advance[-1] / track.seconds
    return float(forward), float(left)


def cruise(action: Action, track: MotionTrack) -> float:
    """Speed of the body once it is under way, as a multiple of what is usual for the way it goes."""
    path, width = track.joints[:, PELVIS, ::2], round(limits.CRUISE_SECONDS * track.fps)
    if len(path) <= width:
        return 0.0
    speeds = np.linalg.norm(path[width:] - path[:-width], axis=-1) * track.fps / width
    return float(np.percentile(speeds, 75)) / limits.USUAL_SPEED.get(action.direction or "", limits.USUAL_AHEAD[action.name])


def walk(action: Action, track: MotionTrack) -> list[Finding]:
    return [*_steps(track), *_way(action, track), *_walks(track), *paced(action, cruise(action, track))]


def run(action: Action, track: MotionTrack) -> list[Finding]:
    """Steps that leave hardly a moment on both feet."""
    carried = both_down(track)
    found = [*_steps(track), *_way(action, track)]
    found.append(expect(carried < limits.BOTH_DOWN[1], f"{carried:.0%} of the time on both feet"))
    return found + ([] if action.direction == "place" else paced(action, cruise(action, track)))


def march(action: Action, track: MotionTrack) -> list[Finding]:
    """Steps with knees near hip height, alternating; on the spot unless forward was said."""
    found = [*_steps(track), *_way(action, track, unsaid="place"), *_walks(track)]
    hips = [track.joint("Knee", side)[:, 1] - track.joint("Hip", side)[:, 1] for side in LIMBS]
    low = min(float(hip.max()) for hip in hips)
    return [*found, expect(low > -limits.MARCH_KNEE, f"the lower knee comes to {low:.2f} m of its hip")]


def _steps(track: MotionTrack) -> list[Finding]:
    count = len(passes(track))
    return [expect(count >= limits.GAIT_STEPS, f"the feet take turns {count} times")]


def _way(action: Action, track: MotionTrack, unsaid: Literal["forward", "place"] = "forward") -> list[Finding]:
    """The body travels where it was said to, seen from itself."""
    forward, left = travel(track)
    said = action.direction or unsaid
    if said == "place":
        drift = math.hypot(forward, left)
        return [expect(drift < limits.PLACE_SPEED, f"drifts {drift:.2f} m/s", "direction")]
    along = {"backward": -forward, "left": left, "right": -left}.get(said, forward)
    share = along / max(abs(forward) + abs(left), 1e-6)
    wanted = limits.TRAVEL_SPEED[action.name]
    kind: Literal["side", "direction"] = "side" if said in ("left", "right") else "direction"
    found = [expect(along > wanted and share > limits.MOSTLY, f"{said}: {forward:.2f} m/s ahead, {left:.2f} m/s left", kind)]
    turned = abs(track.turned())
    if said == "circle":
        radius = float(np.abs(np.diff(track.advance[:, 0])).sum()) / math.radians(max(turned, 1.0))
        round_it_goes = turned > limits.CIRCLE and radius < limits.CIRCLE_RADIUS
        return [*found, expect(round_it_goes, f"turns by {turned:.0f} degrees, radius {radius:.1f} m", "direction")]
    return [*found, expect(turned < limits.STRAIGHT, f"the way turns by {turned:.0f} degrees", "direction")]


def flights(track: MotionTrack) -> list[tuple[int, int]]:
    """Frames of each jump: both feet off the floor together and the pelvis over its standing height."""
    soles = [track.sole(side) for side in LIMBS]
    stays = runs(airborne(track))
    tall = float(np.percentile(track.pelvis_height[~airborne(track)], 90)) if not airborne(track).all() else math.inf
    return [
        (first, last)
        for first, last in stays
        if (last - first) / track.fps >= limits.FLIGHT_SECONDS
        and track.pelvis_height[first:last].max() > tall + limits.JUMP_RISE
        and abs(soles[0] - soles[1])[(first + last) // 2] < limits.JUMP_TOGETHER
    ]


def jump(action: Action, track: MotionTrack) -> list[Finding]:
    found = flights(track)
    findings = counted(action, len(found))
    if not found:
        return findings
    apart = max(float(feet_apart(track)[first:last].max()) for first, last in found)
    findings.append(expect(apart < limits.JACK_OPEN, f"the feet fly {apart:.2f} m apart"))
    if action.direction == "forward":
        gains = [float(track.advance[last - 1, 0] - track.advance[first, 0]) for first, last in found]
        findings.append(expect(min(gains) > limits.JUMP_FORWARD, f"the shortest flight gains {min(gains):.2f} m", "direction"))
    else:
        findings.append(expect(track.drift < limits.JUMP_PLACE, f"drifts {track.drift:.2f} m", "direction"))
    if action.height == "high":
        lowest = np.minimum(*(track.sole(side) for side in LIMBS))
        clear = min(float(lowest[first:last].max()) for first, last in found)
        findings.append(expect(clear > limits.JUMP_HIGH, f"the lowest jump clears {clear:.2f} m", "height"))
    return findings


def feet_apart(track: MotionTrack) -> Array:
    """How far the left ankle is to the left of the right one, (F,) metres."""
    return track.from_pelvis("Ankle", "left")[:, 0] - track.from_pelvis("Ankle", "right")[:, 0]


def jacks(track: MotionTrack) -> list[tuple[int, int]]:
    """Frames where the feet are wide apart with both hands over the head, each time anew."""
    apart = feet_apart(track)
    tops = np.minimum(*(track.joint("Wrist", side)[:, 1] for side in LIMBS)) - track.joints[:, HEAD, 1]
    return [(first, last) for first, last in excursions(apart, limits.JACK_OPEN, limits.JACK_CLOSED) if tops[first:last].max() > 0]


def jumping_jacks(action: Action, track: MotionTrack) -> list[Finding]:
    opened = jacks(track)
    found = counted(action, len(opened), least=2)
    if len(opened) > 1:
        found += paced(action, (len(opened) - 1) / ((opened[-1][0] - opened[0][0]) / track.fps))
    return found


def turn(action: Action, track: MotionTrack) -> list[Finding]:
    """A quarter turn to the side said, or a half turn to either side, on the spot."""
    turned = track.turned()
    low, high = limits.HALF if action.direction == "around" else limits.QUARTER
    found = [expect(low < abs(turned) < high, f"turns {turned:.0f} degrees to the left"), _on_spot(track)]
    if action.direction in ("left", "right"):
        found.append(expect((turned > 0) == (action.direction == "left"), f"turns {turned:.0f} degrees to the left", "side"))
    return found + paced(
        action,
        top_turn_speed(steadied(track.heading, round(limits.TURN_STEADY * track.fps)), track.fps)
        / limits.USUAL_TURN[action.direction or "left"],
    )


def spin(action: Action, track: MotionTrack) -> list[Finding]:
    turned = track.turned()
    least, most = (action.count or 1) * limits.FULL_TURN - limits.TURN_SLACK, (action.count or 99) * limits.FULL_TURN + limits.TURN_SLACK
    found = [expect(abs(turned) > limits.FULL_TURN - limits.TURN_SLACK, f"turns {turned:.0f} degrees to the left"), _on_spot(track)]
    if action.count:
        found.append(expect(least < abs(turned) < most, f"{action.count} said, turns {turned / 360:.2f} times", "count"))
    if action.direction in ("left", "right"):
        found.append(expect((turned > 0) == (action.direction == "left"), f"turns {turned:.0f} degrees to the left", "side"))
    return found


def _on_spot(track: MotionTrack) -> Finding:
    return expect(track.drift < limits.ON_SPOT, f"moves {track.drift:.2f} m away")


def top_turn_speed(heading: Array, fps: float) -> float:
    """Greatest speed of turning, degrees a second, steadied over a third of a second."""
    width = max(1, round(fps / 3))
    if len(heading) <= width:
        return 0.0
    return float(np.degrees(abs(heading[width:] - heading[:-width]).max())) * fps / width
