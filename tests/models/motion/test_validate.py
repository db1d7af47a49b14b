import numpy as np
import pytest

from function.errors import InvalidInput, UnsupportedMediaType
from function.models.motion.export import BVH_TYPE, NPZ_TYPE, bvh, npz
from function.models.motion.export.clip import Clip
from function.models.motion.validation.report import Report
from function.models.motion.validation.tool import VALIDATE
from function.models.motion.validation.validate import validate
from tests.models.motion.clips import STANDING, about, moving, standing, still, wandering


def report(clip: Clip) -> Report:
    return validate(bvh.write(clip), BVH_TYPE)


def placed(path: np.ndarray[tuple[int, ...], np.dtype[np.float64]], fps: float = 30.0) -> Clip:
    """The rest pose carried along a path (F, 3) from where it stands."""
    return moving(still(len(path)), path + np.array([0, STANDING, 0]), fps)


def sideways(speed: float, frames: int = 60, fps: float = 30.0) -> Clip:
    return placed(np.outer(np.arange(frames) / fps * speed, (1.0, 0.0, 0.0)), fps)


def test_standing_still_is_faultless() -> None:
    found = report(standing(60))
    assert found.score == 1.0
    assert (found.frames, found.seconds, found.fps) == (60, 2.0, 30.0)
    assert found.missing == ()
    assert found.warnings == ()


def test_bvh_and_npz_of_the_same_clip_give_the_same_figures() -> None:
    clip = wandering(60)
    ours, theirs = validate(bvh.write(clip), BVH_TYPE).model_dump(), validate(npz.write(clip), NPZ_TYPE).model_dump()
    assert (ours.pop("format"), theirs.pop("format")) == ("bvh", "npz")
    for part in ("angles", "skating", "ground", "jerk"):
        for name, value in ours[part].items():
            if isinstance(value, float):
                assert value == pytest.approx(theirs[part][name], rel=0.02, abs=0.1)


def test_a_joint_out_of_range_is_named_with_its_frames_and_degrees() -> None:
    turns = np.tile(np.eye(3), (60, 1, 1))
    turns[20:30] = about("x", -50.0)
    found = report(standing(60, R_Knee=turns))
    (knee,) = found.angles.joints
    assert (knee.joint, knee.frames) == ("R_Knee", 10)
    assert knee.worst_degrees == pytest.approx(40, abs=0.5)
    assert found.angles.frames == 10
    assert found.scores.angles < 1


def test_joints_out_of_range_are_listed_worst_first() -> None:
    found = report(standing(5, R_Knee=about("x", -50.0), Head=about("y", 150.0)))
    assert [joint.joint for joint in found.angles.joints] == ["Head", "R_Knee"]


def test_sliding_feet_are_measured_in_centimetres_a_second() -> None:
    found = report(sideways(0.16))
    assert found.skating.mean_cm_s == pytest.approx(16, abs=0.1)
    assert found.skating.planted_frames == 120
    assert found.scores.skating == pytest.approx(0.5, abs=0.01)


def test_feet_in_the_air_do_not_skate() -> None:
    found = report(placed(np.outer(np.arange(60) / 30.0, (1.0, 0.0, 0.0)) + np.array([0, 0.3, 0])))
    assert found.skating.planted_frames == 0
    assert found.scores.skating == 1.0


def test_feet_below_the_ground_are_measured_in_centimetres() -> None:
    found = report(placed(np.tile([0.0, -0.05, 0.0], (40, 1))))
    assert found.ground.worst_cm == pytest.approx(5, abs=0.05)
    assert found.ground.frames == 40
    assert found.scores.ground == pytest.approx((10 - 5) / 9.5, abs=0.01)


def test_a_shaking_body_loses_by_its_jerk() -> None:
    shaking = placed(np.random.default_rng(0).normal(size=(90, 3)) * np.array([0.01, 0, 0.01]))
    assert report(shaking).jerk.mean_m_s3 > 800
    assert report(shaking).scores.jerk < 0.6


def test_a_jump_between_frames_is_a_spike() -> None:
    path = np.zeros((60, 3))
    path[30:, 0] = 0.5
    assert 1 <= report(placed(path)).jerk.spikes <= 3


def test_jerk_does_not_depend_on_the_frame_rate() -> None:
    def swaying(fps: float) -> float:
        seconds = np.arange(round(4 * fps)) / fps
        return report(placed(np.outer(np.sin(seconds * 4), (1.0, 0.0, 0.0)), fps)).jerk.mean_m_s3

    assert swaying(30.0) == pytest.approx(swaying(120.0), rel=0.05)


def test_worse_is_never_better() -> None:
    scores = [report(sideways(speed)).score for speed in (0.0, 0.05, 0.1, 0.2, 0.4)]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] == 0.0


@pytest.mark.parametrize("frames", [1, 2, 3, 4])
def test_very_short_clips_have_a_report(frames: int) -> None:
    assert report(standing(frames)).score == 1.0


def test_noise_scores_nothing() -> None:
    assert report(wandering(90)).score == 0.0


@pytest.mark.parametrize("content_type", [*VALIDATE.media_types, "text/plain; charset=utf-8", "Model/X-BVH"])
def test_content_types_and_content_agree_or_are_refused(content_type: str) -> None:
    body = npz.write(standing(2)) if "zip" in content_type or "npz" in content_type else bvh.write(standing(2))
    assert validate(body, content_type).frames == 2


def test_octets_are_told_apart_by_their_beginning() -> None:
    assert validate(npz.write(standing(2)), "application/octet-stream").format == "npz"
    assert validate(bvh.write(standing(2)), "application/octet-stream").format == "bvh"
    with pytest.raises(InvalidInput, match="neither a BVH"):
        validate(b"glTF....", "application/octet-stream")


def test_another_content_type_is_refused() -> None:
    with pytest.raises(UnsupportedMediaType):
        validate(b"", "image/png")


@pytest.mark.parametrize("content_type", VALIDATE.media_types)
def test_an_empty_body_is_refused(content_type: str) -> None:
    with pytest.raises(InvalidInput):
        validate(b"", content_type)


def test_the_tool_runs_validate() -> None:
    assert VALIDATE.route == "/validate"
    assert isinstance(VALIDATE.run(bvh.write(standing(2)), BVH_TYPE), VALIDATE.Report)


def test_a_foreign_skeleton_stands_on_its_own_ground_and_is_told() -> None:
    clip = standing(30)
    text = bvh.write(clip).decode().replace("OFFSET 0.000000 -0.410000", "OFFSET 0.000000 -0.360000")
    found = validate(text.encode(), "text/plain")
    assert found.ground.worst_cm < 0.1
    assert found.ground.level_cm > 3
    assert any("not ours" in warning for warning in found.warnings)
