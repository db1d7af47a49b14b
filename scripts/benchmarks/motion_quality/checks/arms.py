"""Checks of what arms do. Swings are measured from the chest, so that they hold while the body walks, turns or bends."""

import numpy as np

from benchmarks.motion_quality.checks import limits
from benchmarks.motion_quality.checks.findings import Finding, counted, expect, paced, sided
from benchmarks.motion_quality.signals import excursions, head, longest, runs, tail, tops, turning_points
from benchmarks.motion_quality.track import HEAD, LIMBS, Array, Limb, Mask, MotionTrack
from function.models.motion.text.plan import Action


def edge(track: MotionTrack) -> int:
    """Frames over which a beginning or an ending pose is averaged."""
    return max(1, round(limits.EDGE * track.fps))


def over_head(track: MotionTrack, side: Limb) -> Array:
    """Height (F,) of a wrist over the head joint."""
    return track.joint("Wrist", side)[:, 1] - track.joints[:, HEAD, 1]


def hands_apart(track: MotionTrack) -> Array:
    """Distance (F,) between the wrists."""
    return np.asarray(np.linalg.norm(track.joint("Wrist", "left") - track.joint("Wrist", "right"), axis=-1))


def gesturing(action: Action, side: Limb) -> bool:
    return action.side in (None, "both", side)


def waves(track: MotionTrack, side: Limb, high: bool = False) -> list[int]:
    """Frames where the raised hand turns round, in the stretch where it does so most often."""
    up = over_head(track, side) > limits.OVERHEAD if high else track.lift(side) > limits.RAISED
    sideways = track.reach(side)[:, 0]
    stretches = [[first + turn for turn in turning_points(sideways[first:last], limits.WAVE_SWING)] for first, last in runs(up)]
    turns = max(stretches, key=len, default=[])
    if len(turns) < limits.WAVE_TURNS:
        return []
    across, _, ahead = np.ptp(track.reach(side)[turns[0] : turns[-1] + 1], axis=0)
    return turns if ahead < across else []


def wave(action: Action, track: MotionTrack) -> list[Finding]:
    """A raised hand that goes from side to side; the hands do not meet."""
    high = action.height == "high"
    found = sided(action, lambda side: len(waves(track, side)) >= limits.WAVE_TURNS)
    both_turn = all(len(waves(track, side)) >= limits.WAVE_TURNS for side in LIMBS)
    met = both_turn and float(hands_apart(track).min()) < limits.HANDS_MEET
    found.append(expect(not met, "the hands meet" if met else "the hands stay apart"))
    if high:
        over = [side for side in LIMBS if len(waves(track, side, high=True)) >= limits.WAVE_TURNS]
        wanted = [side for side in LIMBS if action.side in (side, "both")]
        found.append(expect(bool(over) and set(wanted) <= set(over), f"waved over the head: {over or 'none'}", "height"))
    turns = max((waves(track, side) for side in LIMBS), key=len)
    if len(turns) > 1:
        found += paced(action, (len(turns) - 1) / 2 / ((turns[-1] - turns[0]) / track.fps))
    return found


def raises(track: MotionTrack, side: Limb) -> bool:
    """Ends high over the shoulder (or along the trunk, where that leans), was low before, and does not wave there."""
    lift = np.maximum(track.lift(side), track.reach(side)[:, 1])
    end = tail(lift, edge(track))
    still = len(waves(track, side)) < limits.WAVE_TURNS
    return bool(end > limits.RAISE_LIFT and end - lift.min() > limits.RAISE_GAIN and still)


def raise_arm(action: Action, track: MotionTrack) -> list[Finding]:
    found = sided(action, lambda side: raises(track, side))
    if action.height == "high":
        lowest = min(tail(over_head(track, side), edge(track)) for side in LIMBS if gesturing(action, side))
        found.append(expect(lowest > limits.OVERHEAD, f"the wrist ends {lowest:.2f} m over the head", "height"))
    return found + paced(action, arm_speed(action, track, up=True))


def lowers(track: MotionTrack, side: Limb) -> bool:
    lift, frames = track.lift(side), edge(track)
    return head(lift, frames) > limits.LOWER_FROM and tail(lift, frames) < limits.HANGING


def lower_arm(action: Action, track: MotionTrack) -> list[Finding]:
    return sided(action, lambda side: lowers(track, side)) + paced(action, arm_speed(action, track, up=False))


def arm_speed(action: Action, track: MotionTrack, up: bool) -> float:
    """Mean speed, m/s, at which the said wrist goes all the way from hanging to raised, or back; the quicker one of two."""
    low, high = limits.HANGING, limits.RAISED
    speeds = [0.0]
    for side in (side for side in LIMBS if gesturing(action, side)):
        lift = track.lift(side) if up else track.lift(side)[::-1]
        top = np.flatnonzero(lift > high)
        bottom = np.flatnonzero(lift[: top[0]] < low) if len(top) else top
        if len(bottom):
            seconds = (crossing(lift, int(top[0]), high) - crossing(lift, int(bottom[-1]) + 1, low)) / track.fps
            speeds.append((high - low) / seconds)
    return float(max(speeds))


def crossing(signal: Array, frame: int, level: float) -> float:
    """The moment, in frames, at which the signal passes a level on its way to `frame`."""
    before, after = float(signal[frame - 1]), float(signal[frame])
    return frame - (after - level) / (after - before)


def claps(track: MotionTrack) -> list[int]:
    """Frames where the hands are together and then part."""
    apart = hands_apart(track)
    return [frame for frame in tops(-apart, limits.CLAP_SWING) if apart[frame] < limits.CLAP_CLOSED]


def clap(action: Action, track: MotionTrack) -> list[Finding]:
    """The hands meet and part; overhead when high was said."""
    met = claps(track)
    if action.height == "high":
        lower = np.minimum(*(over_head(track, side) for side in LIMBS))
        low, met = met, [frame for frame in met if lower[frame] > limits.OVERHEAD]
        over = expect(bool(met), f"the hands meet {len(met)} times over the head, {len(low) - len(met)} times lower", "height")
    found = counted(action, len(met), least=2) + ([over] if action.height == "high" else [])
    if len(met) > 1:
        found += paced(action, (len(met) - 1) / ((met[-1] - met[0]) / track.fps))
    return found


def punches(track: MotionTrack, side: Limb) -> int:
    """How often the wrist shot out at shoulder height and came back."""
    out = track.reach(side)[:, 2]
    speed, bend = np.gradient(out) * track.fps, track.bend("Elbow", side)
    spans = excursions(out, limits.PUNCH_OUT, limits.PUNCH_IN)
    window = round(limits.EDGE * 2 * track.fps)
    return sum(
        bool(
            speed[max(0, first - window) : last].max() > limits.PUNCH_SPEED
            and abs(track.reach(side)[first:last, 1]).max() < limits.PUNCH_LEVEL
            and (last - first) / track.fps < limits.PUNCH_SECONDS
            and bend[max(0, first - window) : first + 1].max() > limits.PUNCH_BENT
            and bend[first:last].min() < limits.PUNCH_STRAIGHT
            and not wound_up(track, side)[max(0, first - 2 * window) : first].any()
        )
        for first, last in spans
    )


def punch(action: Action, track: MotionTrack) -> list[Finding]:
    done = {side: punches(track, side) for side in LIMBS}
    count = sum(done[side] for side in LIMBS if gesturing(action, side))
    found = sided(action, lambda side: done[side] > 0) + counted(action, count)
    speeds = [float(np.gradient(track.reach(side)[:, 2]).max()) * track.fps for side in LIMBS if gesturing(action, side)]
    return found + paced(action, max(speeds))


def wound_up(track: MotionTrack, side: Limb) -> Mask:
    """The hand is drawn back, at shoulder height or higher."""
    return (track.lift(side) > -limits.THROW_WIND) & (track.reach(side)[:, 2] < limits.THROW_WIND)


def throws(track: MotionTrack, side: Limb) -> bool:
    """Drawn back and up, then forward fast, within a second."""
    out, fast = track.reach(side)[:, 2], track.speed(track.reach(side)) > limits.THROW_SPEED
    window = round(limits.THROW_SECONDS * track.fps)
    released = np.flatnonzero(out > limits.THROW_OUT)
    wound = wound_up(track, side)
    return any(wound[max(0, frame - window) : frame].any() and fast[max(0, frame - window) : frame + 1].any() for frame in released)


def throw(action: Action, track: MotionTrack) -> list[Finding]:
    return sided(action, lambda side: throws(track, side))


def points(track: MotionTrack, side: Limb, straight_ahead: bool = False) -> bool:
    """A straight arm is brought to shoulder height, more or less ahead, and held still there."""
    reach = track.reach(side)
    held = (track.bend("Elbow", side) < limits.POINT_ELBOW) & (abs(track.lift(side)) < limits.POINT_LEVEL)
    held &= reach[:, 2] > (limits.POINT_AHEAD if straight_ahead else limits.POINT_REACH)
    held &= track.speed(reach) < limits.POINT_SPEED
    held &= np.linalg.norm(reach - reach[0], axis=-1) > limits.POINT_WAY
    return longest(held) >= limits.POINT_SECONDS * track.fps


def point(action: Action, track: MotionTrack) -> list[Finding]:
    found = sided(action, lambda side: points(track, side))
    if action.direction == "forward":
        ahead = [side for side in LIMBS if gesturing(action, side) and points(track, side, straight_ahead=True)]
        found.append(expect(bool(ahead), f"points forward: {ahead or 'none'}", "direction"))
    return found


def stretch(_: Action, track: MotionTrack) -> list[Finding]:
    """Both arms long and high for a while, with some side bend."""
    high = np.logical_and.reduce([track.lift(side) > limits.STRETCH_LIFT for side in LIMBS])
    bend = float(abs(track.lean[:, 1]).max())
    return [
        expect(longest(high) >= limits.STRETCH_SECONDS * track.fps, f"both arms high for {longest(high) / track.fps:.1f} s"),
        expect(bend > limits.STRETCH_BEND, f"bends {bend:.0f} degrees to a side"),
    ]
