"""`POST /validate` as the engine sees it. No device, no weights; what is heavy is imported with the first file."""

from typing import Final

from function.models.model import Tool
from function.models.motion.export import BVH_TYPE, NPZ_TYPE
from function.models.motion.validation.report import Report

MEDIA_TYPES: Final = (BVH_TYPE, NPZ_TYPE, "text/plain", "application/zip", "application/octet-stream")


def _run(body: bytes, content_type: str) -> Report:
    from function.models.motion.validation.validate import validate

    return validate(body, content_type)


VALIDATE: Final = Tool(
    route="/validate",
    summary="Measure whether a movement is humanly possible: BVH or NPZ in, joint angles, skating, ground, jerk and a score out",
    media_types=MEDIA_TYPES,
    Report=Report,
    run=_run,
)
