"""Checks of where the whole body goes: down, up, onto a seat or a knee, forward, or nowhere."""

import numpy as np

from benchmarks.motion_quality.checks import limits
from benchmarks.motion_quality.checks.arms import edge
from benchmarks.motion_quality.checks.findings import Finding, counted, expect, paced, sided
from benchmarks.motion_quality.checks.gaits import flights
from benchmarks.motion_quality.checks.legs import wander
from benchmarks.motion_quality.signals import excursions, head, tail, turning_points
from benchmarks.motion_quality.track import HEAD, LIMBS, Array, Limb, MotionTrack
from function.models.motion.text.plan import Action


def top_speed(signal: Array, fps: float) -> float:
    """Greatest rate of change a second, steadied over a fifth of a second."""
    width = max(1, round(fps / 5))
    return float(abs(signal[width:] - signal[:-width]).max()) * fps / width if len(signal) > width else 0.0


def knee_bend(track: MotionTrack) -> float:
    """Bend of the straighter knee at the end, degrees."""
    return min(tail(track.bend("Knee", side), edge(track)) for side in LIMBS)


def seat(track: MotionTrack) -> float:
    """How far the pelvis ends behind the ankles, in metres; a body that carries itself keeps it near zero."""
    return float(np.mean([tail(track.from_pelvis("Ankle", side)[:, 2], edge(track)) for side in LIMBS]))


def knee_height(track: MotionTrack, side: Limb) -> float:
    return tail(track.joint("Knee", side)[:, 1], edge(track))


def squat(action: Action, track: MotionTrack) -> list[Finding]:
    """Down on both feet and up again."""
    height = track.pelvis_height
    dips = excursions(-height, -limits.DIP_DOWN, -limits.DIP_UP)
    up = height > limits.DIP_UP
    count = sum(1 for first, last in dips if up[:first].any() and up[last:].any())
    lowest = min(float(track.joint("Knee", side)[:, 1].min()) for side in LIMBS)
    moved = max(wander(track.joint("Ankle", side)) for side in LIMBS)
    found = [*counted(action, count), expect(not flights(track), "leaves the floor" if flights(track) else "stays on the floor")]
    found.append(expect(lowest > limits.KNEE_FREE, f"the lowest knee is at {lowest:.2f} m"))
    found.append(expect(moved < limits.FEET_STAY, f"a foot moves {moved:.2f} m"))
    return found + paced(action, top_speed(height, track.fps))


def sit(action: Action, track: MotionTrack) -> list[Finding]:
    """From higher up onto a seat: the trunk upright, the knees bent, the feet before the pelvis."""
    end, lean = tail(track.pelvis_height, edge(track)), tail(track.lean[:, 0], edge(track))
    low, high = limits.SEATED
    found = [
        expect(low < end < high, f"the pelvis ends {end:.2f} m high"),
        expect(float(track.pelvis_height.max()) > limits.UPRIGHT, "was up before"),
        expect(abs(lean) < limits.TRUNK_UPRIGHT, f"the trunk ends {lean:.0f} degrees forward"),
        expect(knee_bend(track) > limits.KNEES_BENT, f"the knees end bent by {knee_bend(track):.0f} degrees"),
        expect(seat(track) > limits.SEAT_BEHIND, f"the feet end {seat(track):.2f} m before the pelvis"),
    ]
    return found + paced(action, top_speed(-np.minimum.accumulate(track.pelvis_height), track.fps))


def stand_up(action: Action, track: MotionTrack) -> list[Finding]:
    start, end = head(track.pelvis_height, edge(track)), tail(track.pelvis_height, edge(track))
    found = [
        expect(start < limits.LOW, f"the pelvis begins {start:.2f} m high"),
        expect(end > limits.UPRIGHT, f"the pelvis ends {end:.2f} m high"),
    ]
    return found + paced(action, top_speed(track.pelvis_height, track.fps))


def kneels(track: MotionTrack, side: Limb) -> bool:
    return knee_height(track, side) < limits.KNEE_DOWN


def kneel(action: Action, track: MotionTrack) -> list[Finding]:
    """Ends with a knee on the floor and the trunk upright; with a side said, on that knee alone."""
    lean = tail(track.lean[:, 0], edge(track))
    found = sided(action, lambda side: kneels(track, side))
    found.append(expect(float(track.pelvis_height.max()) > limits.UPRIGHT, "was up before"))
    found.append(expect(abs(lean) < limits.TRUNK_UPRIGHT, f"the trunk ends {lean:.0f} degrees forward"))
    return found + paced(action, top_speed(-np.minimum.accumulate(track.pelvis_height), track.fps))


def bow(action: Action, track: MotionTrack) -> list[Finding]:
    """The trunk goes forward and comes back while the legs stand."""
    lean = track.lean[:, 0]
    more = lean - lean.min()
    bows = excursions(more, limits.BOW_LEAN, limits.BOW_BACK)
    count = sum(1 for _, last in bows if (more[last - 1 :] < limits.BOW_BACK).any())
    drop = float(np.ptp(track.pelvis_height))
    found = [*counted(action, count), expect(drop < limits.BOW_DROP, f"the pelvis moves up or down by {drop:.2f} m")]
    if action.height == "low":
        found.append(expect(float(lean.max()) > limits.BOW_LOW, f"bows {lean.max():.0f} degrees", "height"))
    return found + paced(action, top_speed(lean, track.fps) / float(lean.max()))


def crouch(action: Action, track: MotionTrack) -> list[Finding]:
    """Ends low on both feet, knees bent, trunk forward, carrying itself."""
    end, lean = tail(track.pelvis_height, edge(track)), tail(track.lean[:, 0], edge(track))
    knees = min(knee_height(track, side) for side in LIMBS)
    found = [
        expect(end < limits.LOW, f"the pelvis ends {end:.2f} m high"),
        expect(float(track.pelvis_height.max()) > limits.UPRIGHT, "was up before"),
        expect(lean > limits.CROUCH_LEAN, f"the trunk ends {lean:.0f} degrees forward"),
        expect(knee_bend(track) > limits.KNEES_BENT, f"the knees end bent by {knee_bend(track):.0f} degrees"),
        expect(knees > limits.KNEE_FREE, f"the lower knee ends at {knees:.2f} m"),
        expect(seat(track) < limits.SEAT_BEHIND, f"the feet end {seat(track):.2f} m before the pelvis"),
    ]
    return found + paced(action, top_speed(-np.minimum.accumulate(track.pelvis_height), track.fps))


def stand(_: Action, track: MotionTrack) -> list[Finding]:
    """Stands and does not move."""
    hands = max(float(np.linalg.norm(np.ptp(track.reach(side), axis=0))) for side in LIMBS)
    head, lean, turned = np.ptp(track.gaze(HEAD), axis=0).max(), np.ptp(track.lean, axis=0).max(), np.ptp(np.degrees(track.heading))
    return [
        *stand_on(_, track),
        expect(hands < limits.STILL_HANDS, f"a hand moves by {hands:.2f} m"),
        expect(head < limits.STILL_HEAD, f"the head moves by {head:.0f} degrees"),
        expect(max(lean, turned) < limits.STILL_LEAN, f"the trunk moves by {max(lean, turned):.0f} degrees"),
    ]


def stand_on(_: Action, track: MotionTrack) -> list[Finding]:
    """Stands in one place, whatever the arms and the head do."""
    feet = max(wander(track.joint("Ankle", side)) for side in LIMBS)
    low = float(track.pelvis_height.min())
    return [
        expect(track.drift < limits.STILL_DRIFT, f"drifts {track.drift:.2f} m"),
        expect(feet < limits.STILL_FEET, f"a foot moves {feet:.2f} m"),
        expect(low > limits.UPRIGHT, f"the pelvis goes down to {low:.2f} m"),
    ]


def dance(action: Action, track: MotionTrack) -> list[Finding]:
    """The body bounces and sways to the side in rhythm, both hands keep moving, and it goes nowhere."""
    bounces = turning_points(track.pelvis_height, limits.DANCE_BOUNCE)
    sways = turning_points(track.advance[:, 1], limits.DANCE_SWAY)
    hands = min(float(track.speed(track.reach(side)).mean()) for side in LIMBS)
    found = [
        expect(len(bounces) >= limits.DANCE_BOUNCES, f"the hips go up and down {len(bounces)} times"),
        expect(len(sways) >= limits.DANCE_SWAYS, f"the hips go from side to side {len(sways)} times"),
        expect(hands > limits.DANCE_HANDS, f"the slower hand moves at {hands:.2f} m/s on average"),
        expect(track.drift < limits.ON_SPOT, f"moves {track.drift:.2f} m away"),
    ]
    return found + (paced(action, (len(bounces) - 1) / 2 / ((bounces[-1] - bounces[0]) / track.fps)) if len(bounces) > 1 else [])
