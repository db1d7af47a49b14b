from function.models.motion.text.echoes import without_echoes
from function.models.motion.text.plan import Action as A
from function.models.motion.text.plan import Plan


def test_an_action_named_again_is_one_with_all_that_was_said() -> None:
    plan = Plan(((A("walk", direction="forward"),), (A("walk", speed="quick"),)))
    assert without_echoes(plan) == Plan(((A("walk", direction="forward", speed="quick"),),))


def test_an_action_at_the_same_time_as_itself_is_one() -> None:
    plan = Plan(((A("jump", direction="place", count=3), A("jump", count=3)), (A("bow"),)))
    assert without_echoes(plan) == Plan(((A("jump", direction="place", count=3),), (A("bow"),)))


def test_what_differs_stays_two_actions() -> None:
    plan = Plan(((A("kick", side="left"),), (A("kick", side="right"),), (A("walk"), A("wave"))))
    assert without_echoes(plan) == plan
