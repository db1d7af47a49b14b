import dataclasses

import numpy as np
import pytest

from function.errors import InvalidInput
from function.models.motion.export import bvh, bvh_reader
from function.models.motion.export.bvh_reader import Recording
from function.models.motion.export.clip import Float64Array
from function.models.motion.validation.rig import fit, recording_of
from tests.models.motion.clips import JOINTS, about, standing, wandering

BONES = {
    "Pelvis": "Hips", "Spine1": "Spine", "Spine2": "Spine1", "Spine3": "Spine2", "Neck": "Neck", "Head": "Head",
    "Hip": "UpLeg", "Knee": "Leg", "Ankle": "Foot", "Foot": "ToeBase",
    "Collar": "Shoulder", "Shoulder": "Arm", "Elbow": "ForeArm", "Wrist": "Hand",
}  # fmt: skip
ARM = ("L_Shoulder", "L_Elbow", "L_Wrist")


def renamed(recording: Recording, style: str) -> Recording:
    """The recording with names in the manner of other programs."""

    def name(ours: str) -> str:
        side, part = {"L_": "Left", "R_": "Right"}.get(ours[:2], ""), ours.removeprefix("L_").removeprefix("R_")
        return style.format(side=side, bone=BONES[part], joint=part, lower=side.lower(), s=side[:1])

    return dataclasses.replace(recording, names=tuple(name(ours) for ours in recording.names))


def with_rest_turned(recording: Recording, joints: tuple[str, ...], turn: Float64Array) -> Recording:
    """The same movement described from another rest pose: the bones of some joints lie turned in it."""
    chosen = [recording.names.index(name) for name in joints]
    _, turns = recording.world()
    turns[:, chosen] = turns[:, chosen] @ turn.T
    offsets, local = recording.offsets.copy(), turns.copy()
    for joint, parent in enumerate(recording.parents):
        if parent >= 0:
            local[:, joint] = turns[:, parent].swapaxes(-1, -2) @ turns[:, joint]
            offsets[joint] = turn @ offsets[joint] if parent in chosen else offsets[joint]
    positions = np.tile(offsets, (len(local), 1, 1))
    positions[:, 0] = recording.positions[:, 0]
    return dataclasses.replace(recording, offsets=offsets, rotations=local, positions=positions)


def test_our_own_file_comes_through_unchanged() -> None:
    clip = wandering(20)
    fitted = fit(bvh_reader.read(bvh.write(clip)))
    direct = fit(recording_of(clip))
    assert fitted.ours
    assert fitted.unit == "metres"
    assert fitted.size == pytest.approx(1, abs=1e-5)
    assert np.abs(fitted.joints - direct.joints).max() < 1e-4
    assert np.abs(fitted.rotations - direct.rotations).max() < 1e-4


@pytest.mark.parametrize(
    "style", ["{side}{bone}", "mixamorig:{side}{bone}", "{lower}_{joint}", "{joint}.{s}", "{joint}_{lower}", "{s} {bone}"]
)
def test_other_ways_of_naming_are_understood(style: str) -> None:
    recording = recording_of(wandering(3))
    fitted = fit(renamed(recording, style))
    assert fitted.known.all()
    assert np.allclose(fitted.rotations, fit(recording).rotations)


def test_a_spine_of_one_joint_is_the_lowest() -> None:
    recording = recording_of(standing(2))
    names = tuple(name.replace("Spine1", "Chest").replace("Spine", "bone") for name in recording.names)
    fitted = fit(dataclasses.replace(recording, names=names))
    assert [name for name, known in zip(JOINTS, fitted.known, strict=True) if not known] == ["Spine2", "Spine3"]


@pytest.mark.parametrize(("unit", "metres"), [("centimetres", 0.01), ("inches", 0.0254), ("millimetres", 0.001)])
def test_the_unit_is_found_by_the_length_of_the_legs(unit: str, metres: float) -> None:
    recording = recording_of(wandering(3))
    other = dataclasses.replace(recording, offsets=recording.offsets / metres, positions=recording.positions / metres)
    assert fit(other).unit == unit
    assert np.allclose(fit(other).joints, fit(recording).joints)


def test_arms_that_hang_in_the_rest_pose_are_measured_from_ours() -> None:
    recording = recording_of(wandering(5))
    other = with_rest_turned(recording, ARM, about("z", -80.0))
    assert not np.allclose(other.rotations, recording.rotations, atol=0.1)
    assert np.allclose(fit(other).rotations, fit(recording).rotations, atol=1e-6)


def test_a_rest_pose_that_faces_elsewhere_is_measured_from_ours() -> None:
    recording = recording_of(wandering(5))
    other = with_rest_turned(recording, JOINTS, about("y", 90.0))
    assert np.allclose(fit(other).rotations, fit(recording).rotations, atol=1e-6)


def test_a_missing_joint_is_told_and_follows_its_parent() -> None:
    recording = recording_of(standing(2))
    fitted = fit(dataclasses.replace(recording, names=tuple(name.replace("L_Foot", "thing") for name in recording.names)))
    assert [name for name, known in zip(JOINTS, fitted.known, strict=True) if not known] == ["L_Foot"]
    assert np.allclose(fitted.joints[:, JOINTS.index("L_Foot")], fitted.joints[:, JOINTS.index("L_Ankle")])


def test_legs_that_cannot_be_found_are_refused_by_name() -> None:
    recording = recording_of(standing(2))
    with pytest.raises(InvalidInput, match="R_Knee"):
        fit(dataclasses.replace(recording, names=tuple(name.replace("R_Knee", "thing") for name in recording.names)))


def test_a_rest_pose_without_bones_is_refused() -> None:
    recording = recording_of(standing(2))
    with pytest.raises(InvalidInput, match="no length"):
        fit(dataclasses.replace(recording, offsets=recording.offsets * 0))


def test_a_rest_pose_that_lies_down_is_told() -> None:
    recording = with_rest_turned(recording_of(standing(2)), JOINTS, about("x", 90.0))
    assert not fit(recording).upright
    assert fit(recording_of(standing(2))).upright
