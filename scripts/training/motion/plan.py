"""Plans live with the model that reads them."""

from function.models.motion.text.plan import (
    ACTIONS,
    ALL_SPEEDS,
    CARRIERS,
    FEW,
    UPPER_BODY,
    Action,
    Direction,
    Height,
    Plan,
    Side,
    Speed,
    Traits,
)

__all__ = [
    "ACTIONS",
    "ALL_SPEEDS",
    "CARRIERS",
    "FEW",
    "UPPER_BODY",
    "Action",
    "Direction",
    "Height",
    "Plan",
    "Side",
    "Speed",
    "Traits",
]
