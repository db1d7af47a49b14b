"""A BVH or NPZ file in, a report out: is the movement humanly possible?"""

import numpy as np

from function.errors import InvalidInput, UnsupportedMediaType
from function.models.motion.export import BVH_TYPE, NPZ_TYPE, bvh_reader, npz
from function.models.motion.skeleton import mannequin_skeleton
from function.models.motion.validation.measures import measure
from function.models.motion.validation.report import Report, Scores
from function.models.motion.validation.rig import Fitted, fit, recording_of
from function.models.motion.validation.tool import MEDIA_TYPES


def validate(body: bytes, content_type: str) -> Report:
    """Measure a BVH or NPZ file. The content itself tells them apart unless `content_type` does.

    Raises InvalidInput for a file that cannot be read, UnsupportedMediaType for a type that is neither.
    """
    kind = _kind(body, content_type)
    return _report(fit(recording_of(npz.read(body)) if kind == "npz" else bvh_reader.read(body)), kind)


def _kind(body: bytes, content_type: str) -> str:
    stated = content_type.partition(";")[0].strip().lower()
    if stated not in MEDIA_TYPES:
        raise UnsupportedMediaType(f"The content type {stated[:80]!r} is neither BVH nor NPZ; send {BVH_TYPE} or {NPZ_TYPE}.")
    if stated in (NPZ_TYPE, "application/zip") or body[:2] == b"PK":
        return "npz"
    if stated == "application/octet-stream" and not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"HIERARCHY"):
        raise InvalidInput("The body is neither a BVH file, which begins with HIERARCHY, nor an NPZ file.")
    return "bvh"


def _report(moves: Fitted, kind: str) -> Report:
    angles, skating, ground, jerk = measure(moves)
    scores = Scores(
        angles=_falling(angles.mean_degrees, 0, 30),
        skating=_falling(skating.mean_cm_s, 2, 30),
        ground=_falling(ground.mean_cm, 0.5, 10),
        jerk=_falling(jerk.mean_m_s3, 200, 1500),
    )
    return Report(
        score=round(scores.angles * scores.skating * scores.ground * scores.jerk, 4),
        scores=scores,
        format=kind,
        frames=len(moves.joints),
        seconds=round(len(moves.joints) / moves.fps, 3),
        fps=round(moves.fps, 3),
        unit=moves.unit,
        missing=tuple(name for name, known in zip(mannequin_skeleton().names, moves.known, strict=True) if not known),
        angles=angles,
        skating=skating,
        ground=ground,
        jerk=jerk,
        warnings=_warnings(moves),
    )


def _falling(value: float, good: float, bad: float) -> float:
    return round(float(np.clip((bad - value) / (bad - good), 0, 1)), 4)


def _warnings(moves: Fitted) -> tuple[str, ...]:
    warnings = []
    if not moves.upright:
        warnings.append("The legs of the rest pose do not point down along Y; Y is taken as up all the same.")
    if not moves.ours:
        warnings.append("The skeleton is not ours; angles, soles and ground are estimates from its rest pose.")
    return tuple(warnings)
