"""Held-out sentences, written by hand, with the plan that each one means. The sentence writer cannot write them."""

from dataclasses import dataclass
from typing import Final

from function.models.motion.text.plan import Action, Plan


@dataclass(frozen=True)
class Prompt:
    """A sentence, what it means and how many seconds of motion to ask for."""

    text: str
    plan: Plan
    seconds: float


A = Action


def one(text: str, seconds: float, *actions: Action) -> Prompt:
    """One step; two actions happen at the same time."""
    return Prompt(text, Plan((actions,)), seconds)


def two(text: str, seconds: float, *actions: Action) -> Prompt:
    """Steps of one action each, one after the other."""
    return Prompt(text, Plan(tuple((action,) for action in actions)), seconds)


# What the documentation shows first; the writer may write it.
HEADLINE: Final = two("a person walks forward, then waves with the right hand", 5, A("walk", direction="forward"), A("wave", side="right"))

SINGLE: Final = (
    one("a guy strides ahead at a leisurely pace", 4, A("walk", direction="forward", speed="slow")),
    one("An old man ambles along.", 4, A("walk", speed="slow")),
    one("the lady keeps walking in reverse", 4, A("walk", direction="backward")),
    one("Retreat from the camera, one slow step at a time", 5, A("walk", direction="backward", speed="slow")),
    one("the girl goes left using little side steps", 4, A("walk", direction="left")),
    one("a waiter shuffles over toward the right-hand side", 4, A("walk", direction="right")),
    one("The visitor's path is a big circle, walked calmly", 6, A("walk", direction="circle")),
    one("the worker hurries forward, walking as fast as she can", 4, A("walk", direction="forward", speed="quick")),
    one("an athlete races ahead", 3, A("run", direction="forward", speed="quick")),
    one("the boy breaks into a run", 3, A("run")),
    one("keep on jogging on the very same spot", 4, A("run", direction="place")),
    one("she runs one wide loop around the room", 5, A("run", direction="circle")),
    one("a recruit keeps marching on the spot, knees up high", 4, A("march", direction="place")),
    one("the guard parades forward, lifting each knee high", 4, A("march", direction="forward")),
    one("one big hop to the front, just one", 3, A("jump", direction="forward", count=1)),
    one("the gymnast springs up off the floor as high as she can", 3, A("jump", height="high")),
    one("three little hops on the very same spot", 5, A("jump", direction="place", count=3)),
    one("the kid leaps up, lands, and leaps again, so two jumps altogether", 4, A("jump", count=2)),
    one("my trainer warms up with three star jumps", 5, A("jumping_jacks", count=3)),
    one("jumping jacks, as quick as you possibly can", 4, A("jumping_jacks", speed="quick")),
    one("two deep knee bends, nice and slow", 6, A("squat", count=2, speed="slow")),
    one("three rapid squats from the athlete", 5, A("squat", count=3, speed="quick")),
    one("the man goes all the way down into a squat, coming back up straight away", 4, A("squat")),
    one("the weary fellow plops down onto a stool", 3, A("sit")),
    one("ever so slowly, a grandmother settles into the chair", 4, A("sit", speed="slow")),
    one("the seated man gets on his feet", 3, A("stand_up")),
    one("Arise from your seat in slow motion", 4, A("stand_up", speed="slow")),
    one("the student springs up quickly out of her chair", 3, A("stand_up", speed="quick")),
    one("a knight goes down upon one knee", 3, A("kneel")),
    one("his left knee sinks to the floor", 3, A("kneel", side="left")),
    one("kneel so that your right knee is the one on the ground", 3, A("kneel", side="right")),
    one("an actor thanks the audience by bowing", 3, A("bow")),
    one("two polite bows from the elderly gentleman", 5, A("bow", count=2)),
    one("she folds far forward in a very deep bow", 3, A("bow", height="low")),
    one("say goodbye by waving the left arm", 4, A("wave", side="left")),
    one("a friendly wave, done with the right hand", 4, A("wave", side="right")),
    one("he is waving away with both of his arms, high over his head", 4, A("wave", side="both", height="high")),
    one("the queen's left hand waves very slowly", 4, A("wave", side="left", speed="slow")),
    one("Hey you, wave at us quickly!", 4, A("wave", speed="quick")),
    one("the woman lifts one hand, her left, over her head", 3, A("raise_arm", side="left")),
    one("right arm up in the air, please", 3, A("raise_arm", side="right")),
    one("hands up, both of them", 3, A("raise_arm", side="both")),
    one("the pupil sticks up her left arm as high as it will go", 3, A("raise_arm", side="left", height="high")),
    one("hoist that right arm of yours slowly", 4, A("raise_arm", side="right", speed="slow")),
    one("his raised right hand comes back down to his side", 3, A("lower_arm", side="right")),
    one("she allows her left arm to sink back down", 3, A("lower_arm", side="left")),
    one("bring both your arms down again, unhurriedly", 4, A("lower_arm", side="both", speed="slow")),
    one("a delighted listener applauds", 3, A("clap")),
    one("put your hands together three times, as in clapping", 4, A("clap", count=3)),
    one("the fan does some clapping way up above her head", 4, A("clap", height="high")),
    one("a left jab, thrown fast", 3, A("punch", side="left", speed="quick")),
    one("the boxer uses her right fist to punch the air", 3, A("punch", side="right")),
    one("three punches come from the fighter's left fist", 5, A("punch", side="left", count=3)),
    one("the goalkeeper boots a ball with her right foot", 3, A("kick", side="right")),
    one("it is the left leg that does a high kick", 3, A("kick", side="left", height="high")),
    one("a low kick at the shin, right foot only", 3, A("kick", side="right", height="low")),
    one("two kicks, delivered by the left foot", 5, A("kick", side="left", count=2)),
    one("the guide indicates something up ahead with his left hand", 3, A("point", side="left", direction="forward")),
    one("aim your finger straight ahead", 3, A("point", direction="forward")),
    one("her right arm points to it", 3, A("point", side="right")),
    one("the kid chucks a rock with the left hand", 3, A("throw", side="left")),
    one("it is her right arm that hurls the baseball", 3, A("throw", side="right")),
    one("my neighbour slings something away", 3, A("throw")),
    one("the lady swivels round to the right by a quarter turn", 3, A("turn", direction="right")),
    one("the sentry performs a smart about-face", 3, A("turn", direction="around")),
    one("slowly come round to face your left", 4, A("turn", direction="left", speed="slow")),
    one("rotate yourself leftward, ninety degrees of it", 3, A("turn", direction="left")),
    one("a ballerina whirls round and round", 4, A("spin")),
    one("do a full 360 toward your right", 4, A("spin", direction="right")),
    one("two complete pirouettes, spinning to the left", 5, A("spin", direction="left", count=2)),
    one("lunge, right foot leading the way", 3, A("lunge", side="right")),
    one("the left foot steps far out as he sinks down into his lunge", 4, A("lunge", side="left")),
    one("let us do three lunges, one after another", 7, A("lunge", count=3)),
    one("he gives that whole long body of his a stretch", 4, A("stretch")),
    one("the office worker stretches, both arms to the ceiling", 4, A("stretch")),
    one("she agrees, her head going up and down", 3, A("nod")),
    one("three little nods of the head", 4, A("nod", count=3)),
    one("no, says the man, his head going from side to side", 3, A("shake_head")),
    one("shake that head of yours twice", 4, A("shake_head", count=2)),
    one("the burglar stoops down low, close to the ground", 3, A("crouch")),
    one("little by little the hunter crouches, very slowly", 4, A("crouch", speed="slow")),
    one("the yoga teacher keeps steady on her left leg alone", 4, A("balance", side="left")),
    one("left foot in the air, he balances on his right one", 4, A("balance", side="right")),
    one("all of your weight on a single leg, balancing like a stork", 4, A("balance")),
    one("the party guest dances away to her favourite music", 5, A("dance")),
    one("bust out some quick dance steps", 4, A("dance", speed="quick")),
    one("just like a statue, the guard keeps still", 4, A("stand")),
    one("the man stands around, doing nothing at all", 4, A("stand")),
)

TWO_STEPS: Final = (
    two("the chap saunters ahead and afterwards takes a deep bow", 6, A("walk", direction="forward", speed="slow"), A("bow", height="low")),
    two("jump up once; then comes a punch from the left fist", 4, A("jump", count=1), A("punch", side="left")),
    two("first thing the girl does is clap, the next is sit down", 5, A("clap"), A("sit")),
    two("she claps and, when done, raises that right arm", 5, A("clap"), A("raise_arm", side="right")),
    two("a kick of the right foot, followed by a bow", 5, A("kick", side="right"), A("bow")),
    two("he takes a seat and later rises again", 5, A("sit"), A("stand_up")),
    two("Kneel on your left knee, sir, and then arise", 5, A("kneel", side="left"), A("stand_up")),
    two("two squats to start with, a stretch to finish", 7, A("squat", count=2), A("stretch")),
    two("swivel to the left, then head forward on foot", 5, A("turn", direction="left"), A("walk", direction="forward")),
    two("the man turns right, subsequently he hurls a ball", 5, A("turn", direction="right"), A("throw")),
    two("about-face, then wave the left hand", 5, A("turn", direction="around"), A("wave", side="left")),
    two("up goes the left arm, and after a while down it comes again", 5, A("raise_arm", side="left"), A("lower_arm", side="left")),
    two("he sprints off forward, and thereafter stands motionless", 5, A("run", direction="forward", speed="quick"), A("stand")),
    two("three jumping jacks prior to a walk forward", 6, A("jumping_jacks", count=3), A("walk", direction="forward")),
    two(
        "the boxer jabs twice with her right fist, then kicks with her left leg",
        5,
        A("punch", side="right", count=2),
        A("kick", side="left"),
    ),
    two("the singer nods; next, the left hand of hers waves", 5, A("nod"), A("wave", side="left")),
    two("shaking his head, no, the boy then walks backwards", 5, A("shake_head"), A("walk", direction="backward")),
    two("a lunge with the left foot in front, then straight into a spin", 5, A("lunge", side="left"), A("spin")),
    two("stand upon the right leg, then jump forward", 6, A("balance", side="right"), A("jump", direction="forward")),
    two("the kid dances for a bit and then crouches down", 6, A("dance"), A("crouch")),
    two("duck, wait a little, and then get up again", 5, A("crouch"), A("stand_up")),
    two("sidestep rightward, then point straight ahead", 5, A("walk", direction="right"), A("point", direction="forward")),
    two("a few side steps going left, then two claps", 6, A("walk", direction="left"), A("clap", count=2)),
    two("having marched on the spot, a cadet bows", 6, A("march", direction="place"), A("bow")),
    two("following a spin to the right, the skater raises both arms", 6, A("spin", direction="right"), A("raise_arm", side="both")),
    two("once finished with stretching, she walks in a circle", 7, A("stretch"), A("walk", direction="circle")),
    two("After that lady has bowed, she kneels", 5, A("bow"), A("kneel")),
    two("Before the boy sits, his right hand waves", 5, A("wave", side="right"), A("sit")),
    two(
        "with the left hand comes a throw, then a quick run ahead", 5, A("throw", side="left"), A("run", direction="forward", speed="quick")
    ),
    two("point with the left hand prior to throwing with the right", 5, A("point", side="left"), A("throw", side="right")),
    two(
        "high kick of the left leg, then a low one of the right",
        5,
        A("kick", side="left", height="high"),
        A("kick", side="right", height="low"),
    ),
    two(
        "he punches with his left, then it is the right hand that points ahead",
        5,
        A("punch", side="left"),
        A("point", side="right", direction="forward"),
    ),
    two("get up from the chair, then turn round to face the other way", 5, A("stand_up"), A("turn", direction="around")),
    two(
        "hop three times on your own spot, then turn toward the left", 6, A("jump", direction="place", count=3), A("turn", direction="left")
    ),
    two("walk slowly backwards, then stand still like a statue", 6, A("walk", direction="backward", speed="slow"), A("stand")),
)

TOGETHER: Final = (
    one("she is strolling forward, and all the while her left hand waves", 5, A("walk", direction="forward"), A("wave", side="left")),
    one("clapping his hands, off the man marches on the spot", 4, A("march", direction="place"), A("clap")),
    one("whilst jogging ahead the boy is waving both hands", 4, A("run", direction="forward"), A("wave", side="both")),
    one("standing on her left leg, meanwhile nodding her head", 4, A("balance", side="left"), A("nod")),
)

HELD_OUT: Final[tuple[Prompt, ...]] = SINGLE + TWO_STEPS + TOGETHER
