"""Parametric human motion for training: plans in, joint rotations out."""

from .body import Motion
from .compose import synthesise
from .kinematics import forward_kinematics
from .timing import natural_seconds

__all__ = ["Motion", "forward_kinematics", "natural_seconds", "synthesise"]
