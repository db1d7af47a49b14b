"""Fits anybody's recording to our 22 joints: names, unit, facing and rest pose."""

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from function.errors import InvalidInput
from function.models.motion.export.bvh_reader import Recording
from function.models.motion.export.clip import Clip, Float64Array, matrices
from function.models.motion.skeleton import mannequin_skeleton

_UNITS = {"metres": 1.0, "centimetres": 0.01, "inches": 0.0254, "millimetres": 0.001}
_LEG = ("Hip", "Knee", "Ankle")

# what other programs call our joints; the second way of naming uses the words of bones, so that its foot is our ankle
_MIDDLE = {
    "Pelvis": ("pelvis", "hips", "root"),
    "Neck": ("neck", "neck1"),
    "Head": ("head",),
}
_SPINE = re.compile(r"(spine|chest|upperchest)\d*")
_BY_JOINT = {
    "Hip": ("hip",),
    "Knee": ("knee",),
    "Ankle": ("ankle",),
    "Foot": ("foot", "toe"),
    "Collar": ("collar",),
    "Shoulder": ("shoulder",),
    "Elbow": ("elbow",),
    "Wrist": ("wrist",),
}
_BY_BONE = {
    "Hip": ("upleg", "thigh", "upperleg"),
    "Knee": ("leg", "shin", "calf", "lowerleg"),
    "Ankle": ("foot",),
    "Foot": ("toebase", "toe", "toes", "ball"),
    "Collar": ("shoulder", "clavicle", "collar"),
    "Shoulder": ("arm", "upperarm"),
    "Elbow": ("forearm", "lowerarm"),
    "Wrist": ("hand",),
}
# the joint at the far end of each bone; a joint that is not named here follows its parent
_CHAINS = (("Hip", "Knee", "Ankle", "Foot"), ("Collar", "Shoulder", "Elbow", "Wrist"))
_FAR = {"Pelvis": "Spine1", "Spine1": "Spine2", "Spine2": "Spine3", "Spine3": "Neck", "Neck": "Head"} | {
    side + near: side + far for side in ("L_", "R_") for chain in _CHAINS for near, far in pairwise(chain)
}


@dataclass(frozen=True)
class Fitted:
    """A recording as a movement of our skeleton.

    `known` (22,) tells which joints the recording has. `joints` (F, 22, 3) world metres; `turns` (F, 22, 3, 3) world and `rotations`
    (F, 22, 3, 3) local rotations in the axes of our rest pose; an unknown joint takes its parent's place and turn. `size` is the length
    of the legs over ours; `ours` says that the bones are those of our skeleton.
    """

    known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    joints: Float64Array
    turns: Float64Array
    rotations: Float64Array
    fps: float
    unit: str
    size: float
    upright: bool
    ours: bool


def recording_of(clip: Clip) -> Recording:
    offsets = clip.skeleton.offsets.astype(np.float64)
    positions = np.tile(offsets, (clip.frames, 1, 1))
    positions[:, clip.skeleton.parents.index(-1)] = clip.root
    return Recording(clip.skeleton.names, clip.skeleton.parents, offsets, {}, matrices(clip.quaternions), positions, 1 / clip.fps)


def fit(recording: Recording) -> Fitted:
    """Fit a recording. Raises InvalidInput when the legs cannot be found by their names."""
    skeleton = mannequin_skeleton()
    found = _named(recording.names)
    missing = [side + part for side in ("L_", "R_") for part in _LEG if side + part not in found]
    if missing:
        raise InvalidInput(f"No joint is named like {', '.join(missing)}; names such as L_Hip, left_hip or LeftUpLeg are known.")
    rest = _rest(recording)
    ours = dict(zip(skeleton.names, skeleton.rest.astype(np.float64), strict=True))
    length = _leg_length({name: rest[index] for name, index in found.items()})
    if length < 1e-6:
        raise InvalidInput("The legs have no length; the OFFSET lines should give the rest pose.")
    unit = min(_UNITS, key=lambda name: abs(np.log(length * _UNITS[name] / _leg_length(ours))))
    rest *= _UNITS[unit]
    places, turns = _posed(recording, found, _alignment(found, rest, ours))
    parents = np.array(skeleton.parents)
    local = turns[:, np.maximum(parents, 0)].swapaxes(-1, -2) @ turns
    local[:, 0] = turns[:, 0]
    differences = [np.abs(rest[index] - rest[found["L_Hip"]] - ours[name] + ours["L_Hip"]).max() for name, index in found.items()]
    return Fitted(
        known=np.array([name in found for name in skeleton.names]),
        joints=places * _UNITS[unit],
        turns=turns,
        rotations=local,
        fps=1 / recording.frame_time,
        unit=unit,
        size=length * _UNITS[unit] / _leg_length(ours),
        upright=bool(rest[found["L_Hip"], 1] - rest[found["L_Ankle"], 1] > 0.7 * length * _UNITS[unit]),
        ours=max(differences) < 0.01,
    )


def _named(names: tuple[str, ...]) -> dict[str, int]:
    """Our joint names to the recording's indices, by the way of naming that finds more joints."""
    plain = [re.sub(r"[ ._-]", "", name.rpartition(":")[2].lower()) for name in names]
    return _spine(plain) | max((_matching(plain, sided) for sided in (_BY_JOINT, _BY_BONE)), key=len)


def _matching(plain: list[str], sided: dict[str, tuple[str, ...]]) -> dict[str, int]:
    words = {name: list(options) for name, options in _MIDDLE.items()}
    for prefix, sides in (("L_", ("left", "l")), ("R_", ("right", "r"))):
        for part, options in sided.items():
            words[prefix + part] = [word for option in options for side in sides for word in (side + option, option + side)]
    places = {name: next((plain.index(option) for option in options if option in plain), -1) for name, options in words.items()}
    return {name: place for name, place in places.items() if place >= 0}


def _spine(plain: list[str]) -> dict[str, int]:
    """The lowest, middle and highest joint of a spine of any number; a spine of two has no middle."""
    found = [index for index, name in enumerate(plain) if _SPINE.fullmatch(name)]
    if len(found) >= 3:
        return {"Spine1": found[0], "Spine2": found[len(found) // 2], "Spine3": found[-1]}
    return dict(zip(("Spine1", "Spine3"), found, strict=False))


def _rest(recording: Recording) -> Float64Array:
    """Rest positions (J, 3) with the root at the origin, in the file's unit."""
    rest = recording.offsets.copy()
    for joint, parent in enumerate(recording.parents):
        rest[joint] = rest[joint] + rest[parent] if parent >= 0 else 0.0
    return rest


def _leg_length(rest: dict[str, Float64Array]) -> float:
    return float(np.linalg.norm(rest["L_Hip"] - rest["L_Knee"]) + np.linalg.norm(rest["L_Knee"] - rest["L_Ankle"]))


def _alignment(found: dict[str, int], rest: Float64Array, ours: dict[str, Float64Array]) -> dict[str, Float64Array]:
    """For each joint the rotation (3, 3) that takes our rest bone to the recording's: the facing first, then the shortest way."""
    across = rest[found["L_Hip"]] - rest[found["R_Hip"]]
    yaw = np.arctan2(-across[2], across[0]) if np.hypot(across[0], across[2]) > 1e-6 else 0.0
    facing = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    skeleton = mannequin_skeleton()
    aligned: dict[str, Float64Array] = {}
    for name, parent in zip(skeleton.names, skeleton.parents, strict=True):
        far = _FAR.get(name)
        if far and name in found and far in found:
            aligned[name] = _shortest(facing @ (ours[far] - ours[name]), rest[found[far]] - rest[found[name]]) @ facing
        else:
            aligned[name] = aligned[skeleton.names[parent]] if parent >= 0 else facing
    return aligned


def _shortest(source: Float64Array, target: Float64Array) -> Float64Array:
    """The smallest rotation (3, 3) that turns one direction into another; none for a bone without length."""
    lengths = np.linalg.norm(source) * np.linalg.norm(target)
    if lengths < 1e-9:
        return np.eye(3)
    cross, dot = np.cross(source, target) / lengths, float(source @ target / lengths)
    skew = np.array([[0, -cross[2], cross[1]], [cross[2], 0, -cross[0]], [-cross[1], cross[0], 0]])
    turn: Float64Array = np.eye(3) + skew + skew @ skew / max(1 + dot, 1e-6)
    return turn


def _posed(recording: Recording, found: dict[str, int], aligned: dict[str, Float64Array]) -> tuple[Float64Array, Float64Array]:
    """World positions (F, 22, 3) in the file's unit and world rotations (F, 22, 3, 3) in our axes."""
    skeleton = mannequin_skeleton()
    places, turns = recording.world()
    our_places = np.empty((len(places), len(skeleton.names), 3))
    our_turns = np.empty((*our_places.shape, 3))
    for joint, (name, parent) in enumerate(zip(skeleton.names, skeleton.parents, strict=True)):
        if name in found:
            our_places[:, joint], our_turns[:, joint] = places[:, found[name]], turns[:, found[name]] @ aligned[name]
        elif parent >= 0:
            our_places[:, joint], our_turns[:, joint] = our_places[:, parent], our_turns[:, parent]
        else:
            our_places[:, joint] = (places[:, found["L_Hip"]] + places[:, found["R_Hip"]]) / 2
            our_turns[:, joint] = turns[:, recording.parents.index(-1)] @ aligned[name]
    return our_places, our_turns
