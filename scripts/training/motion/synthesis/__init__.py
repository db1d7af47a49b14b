"""Parametric human motion for training: plans in, joint rotations out."""

from function.models.motion.text.timing import natural_seconds

from .body import Motion
from .compose import synthesise
from .kinematics import forward_kinematics

__all__ = ["Motion", "forward_kinematics", "natural_seconds", "synthesise"]
