from function.models.motion.text.echoes import without_echoes
from function.models.motion.text.plan import Action, Plan


def test_an_action_named_again_is_one_with_all_that_was_said() -> None:
    plan = Plan(((Action("walk", direction="forward"),), (Action("walk", speed="quick"),)))
    assert without_echoes(plan) == Plan(((Action("walk", direction="forward", speed="quick"),),))


def test_an_action_at_the_same_time_as_itself_is_one() -> None:
    plan = Plan(((Action("jump", direction="place", count=3), Action("jump", count=3)), (Action("bow"),)))
    assert without_echoes(plan) == Plan(((Action("jump", direction="place", count=3),), (Action("bow"),)))


def test_what_differs_stays_two_actions() -> None:
    plan = Plan(((Action("kick", side="left"),), (Action("kick", side="right"),), (Action("walk"), Action("wave"))))
    assert without_echoes(plan) == plan
