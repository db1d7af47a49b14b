"""What `POST /validate` answers."""

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class JointBeyond(Part):
    joint: str
    frames: int = Field(description="frames in which the joint is out of range")
    worst_degrees: float = Field(description="degrees beyond the range in the worst of them")


class Angles(Part):
    frames: int = Field(description="frames with at least one joint out of range")
    worst_degrees: float
    mean_degrees: float = Field(description="mean over all frames of the worst joint's degrees beyond its range")
    joints: tuple[JointBeyond, ...] = Field(description="joints out of range, the worst first")


class Skating(Part):
    planted_frames: int = Field(description="frames in which a foot is planted, both feet counted")
    mean_cm_s: float
    worst_cm_s: float


class Ground(Part):
    frames: int = Field(description="frames with a sole or a joint more than 1 cm below the ground")
    worst_cm: float = Field(description="depth of the lowest point")
    mean_cm: float = Field(description="mean over all frames of the depth of the lowest point")
    level_cm: float = Field(description="height of the ground: 0, or where the soles stand when the skeleton is not ours")


class Jerk(Part):
    mean_m_s3: float
    worst_m_s3: float
    worst_joint: str
    spikes: int = Field(description="frames in which a joint jumps: jerk above 5000 m/s^3")


class Scores(Part):
    angles: float
    skating: float
    ground: float
    jerk: float


class Report(Part):
    """What was measured. `score` is the product of four scores, each from 1 (faultless) falling in a straight line to 0.

    | score | 1 up to | 0 from |
    |---|---|---|
    | angles: mean degrees beyond range | 0 | 30 |
    | skating: mean speed of a planted foot | 2 cm/s | 30 cm/s |
    | ground: mean depth | 0.5 cm | 10 cm |
    | jerk: mean over joints and frames | 200 m/s^3 | 1500 m/s^3 |
    """

    score: float
    scores: Scores
    format: str
    frames: int
    seconds: float
    fps: float
    unit: str
    missing: tuple[str, ...] = Field(description="joints of our skeleton that the file has no counterpart for")
    angles: Angles
    skating: Skating
    ground: Ground
    jerk: Jerk
    warnings: tuple[str, ...]
