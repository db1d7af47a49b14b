"""Wordings of what moves or turns the whole body."""

from training.motion.sentences.phrase import Phrase, Wording, Wordings

AHEAD = "(forward|forward|forwards|ahead|straight ahead|straight forward|onwards|in a straight line)"
BACK = "(backward|backwards|backward|back|in reverse|to the back)"
CIRCLE = "(in a circle|in circles|in a (big|small|wide|large) circle|around in a circle|around in circles|round in a circle|in a loop)"
PLACE = "(in place|in place|on the spot|in one place|on one spot)"
TO_LEFT = "(to {his} left|to the left|left|(toward|towards) the left|to the left side)"
TO_RIGHT = "(to {his} right|to the right|right|(toward|towards) the right|to the right side)"
SIDE_STEP = "(<sidestep>|<sidestep>|<step> sideways|<walk> sideways|<move> sideways|<shuffle>)"
OTHER_WAY = "(the other way|the opposite direction|the other direction|backwards|behind)"
HIGH = "(high|very high|as high as possible|high into the air|high in the air|high up|with a lot of height)"
WALK = "<walk|walk|walk|stroll|pace|step|move|stride>"

GAITS: Wordings = {
    "walk": Wording(
        heads=(
            Phrase("<walk|walk|walk|stroll|pace|stride>~ (|along|around)", direction="none"),
            Phrase("<take> (a walk|a few steps|some steps|a stroll)", direction="none"),
            Phrase("<go> (for a walk|walking)", direction="none", weight=0.5),
            Phrase(f"{WALK}~ {AHEAD}", direction="forward", weight=3),
            Phrase("<take> (a few|some|several) steps (forward|forwards|ahead)", direction="forward"),
            Phrase("<advance> (on foot|a few steps|at a walk)", direction="forward", weight=0.4),
            Phrase(f"<walk|walk|walk|step|move|pace>~ {BACK}", direction="backward", weight=3),
            Phrase("<take> (a few|some|several) steps (back|backward|backwards)", direction="backward"),
            Phrase("<back> (up|away)", direction="backward"),
            Phrase(f"{SIDE_STEP}~ {TO_LEFT}", direction="left", weight=3),
            Phrase(f"<walk|step|move>~ {TO_LEFT}", direction="left"),
            Phrase("<take> (a few|some|several) (steps|side steps|sidesteps|sideways steps) to (the|{his}) left", direction="left"),
            Phrase(f"{SIDE_STEP}~ {TO_RIGHT}", direction="right", weight=3),
            Phrase(f"<walk|step|move>~ {TO_RIGHT}", direction="right"),
            Phrase("<take> (a few|some|several) (steps|side steps|sidesteps|sideways steps) to (the|{his}) right", direction="right"),
            Phrase(f"<walk|walk|walk|stroll|pace|stride|step|move>~ {CIRCLE}", direction="circle", weight=3),
            Phrase("<circle> (around|round)", direction="circle", weight=0.6),
            Phrase("<walk> (a circle|a full circle|a lap)", direction="circle", weight=0.6),
            Phrase("<creep|plod|trudge>~ (forward|ahead)", direction="forward", speed="slow", weight=0.6),
            Phrase("<creep|plod|trudge> (along|)", direction="none", speed="slow", weight=0.3),
            Phrase(f"<go> {AHEAD} (on foot|)", direction="forward", weight=0.5),
            Phrase(f"<head> {AHEAD}", direction="forward", weight=0.3),
            Phrase("<hurry|hasten> (forward|ahead)", direction="forward", speed="quick", weight=0.5),
            Phrase("<take> (slow|small slow) steps (forward|ahead)", direction="forward", speed="slow", weight=0.5),
            Phrase("<take> (quick|fast) steps (forward|ahead)", direction="forward", speed="quick", weight=0.5),
            Phrase("<take> (slow) steps (backward|back)", direction="backward", speed="slow", weight=0.5),
            Phrase("<take> (quick|fast) steps (backward|back)", direction="backward", speed="quick", weight=0.5),
        ),
    ),
    "run": Wording(
        heads=(
            Phrase("<run|run|run|jog>~ (|along|around)", direction="none", weight=2),
            Phrase("<go> (running|jogging|for a run|for a jog)", direction="none", weight=0.5),
            Phrase(f"<run|run|run|jog>~ {AHEAD}", direction="forward", weight=2),
            Phrase("<sprint|dash> (|away)", direction="none", speed="quick", weight=2),
            Phrase(f"<sprint|dash|rush> {AHEAD}", direction="forward", speed="quick", weight=2),
            Phrase(f"<run|run|jog>~ {CIRCLE}", direction="circle", weight=2),
            Phrase(f"<sprint> {CIRCLE}", direction="circle", speed="quick"),
            Phrase("<run|jog> (a circle|a lap|laps)", direction="circle", weight=0.6),
            Phrase(f"<run|run|jog>~ {PLACE}", direction="place", weight=2),
            Phrase(f"<sprint> {PLACE}", direction="place", speed="quick"),
        ),
    ),
    "march": Wording(
        heads=(
            Phrase("<march> (|like a soldier|with high knees|with the knees high)", direction="none", weight=2),
            Phrase(f"<march> {PLACE} (||with high knees|like a soldier)", direction="place", weight=2),
            Phrase(f"<march> {AHEAD} (||like a soldier|with high knees)", direction="forward", weight=2),
            Phrase("<march> (|on|along) (forward|ahead)", direction="forward"),
            Phrase(f"<walk|step> {PLACE} (with high knees|<lift> {{his}} knees high|with the knees high)", direction="place", weight=0.7),
            Phrase("<walk> (forward|ahead) (with high knees|like a soldier|with the knees high)", direction="forward", weight=0.7),
        ),
    ),
    "jump": Wording(
        heads=(
            Phrase("<jump|jump|jump|hop>~", direction="none", weight=2),
            Phrase("<jump|hop|leap|spring> (up|up in the air|into the air|off the ground)", direction="none"),
            Phrase("<do|make|perform> {n} (jump{s}|hop{s}|leap{s})", direction="none"),
            Phrase("<jump|hop> up and down", direction="none", count="none", weight=0.5),
            Phrase("<jump|jump|jump|hop|leap|spring>~ (forward|forwards|ahead|to the front)", direction="forward", weight=2),
            Phrase("<do|make|perform|take> {n} (jump{s}|hop{s}|leap{s}) (forward|forwards|ahead)", direction="forward"),
            Phrase("<do|make|perform|take> {n} forward (jump{s}|hop{s}|leap{s})", direction="forward"),
            Phrase(f"<jump|jump|jump|hop>~ {PLACE}", direction="place", weight=2),
            Phrase("<jump|jump|hop|leap> straight up", direction="place"),
            Phrase("<jump|hop> up and down in place", direction="place", count="none", weight=0.7),
            Phrase(f"<do|make|perform> {{n}} (jump{{s}}|hop{{s}}) {PLACE}", direction="place"),
            Phrase("<do|make|perform> {n} high (jump{s}|leap{s}|hop{s})", direction="none", height="high", weight=1.5),
        ),
        tails=(Phrase(HIGH, height="high"),),
    ),
    "jumping_jacks": Wording(
        heads=(
            Phrase("<do|do|perform|make> (|some|a few|a set of|several) (jumping jacks|jumping jacks|star jumps)", count="none", weight=2),
            Phrase("<jump> (jacks|jumping jacks)", count="none", weight=0.4),
            Phrase("<do|do|perform|make|complete> {n} (jumping jack{s}|jumping jack{s}|star jump{s})"),
            Phrase("<do|perform> (jumping jacks|star jumps) {times}", weight=0.4),
            Phrase("<jump> with {his} (arms and legs|legs and arms) (going |)(out and in|apart and together)", count="none", weight=0.4),
        ),
    ),
    "turn": Wording(
        heads=(
            Phrase(f"<turn|turn|turn|rotate|pivot>~ {TO_LEFT}", direction="left", weight=3),
            Phrase("<turn|rotate|pivot>~ (90|ninety) degrees (to the left|left)", direction="left"),
            Phrase("<make|do> a (90|ninety) degree turn (to the left|left)", direction="left", weight=0.5),
            Phrase("<face> (the left|left)", direction="left", weight=0.3),
            Phrase("<turn> left by (90|ninety) degrees", direction="left", weight=0.5),
            Phrase("<make|do|take> a left turn", direction="left"),
            Phrase("<make|do> a quarter turn (to the left|left)", direction="left"),
            Phrase("<turn> to (face|look) (the|{his}|) left", direction="left", weight=0.7),
            Phrase("<turn> {his} body to the left", direction="left", weight=0.5),
            Phrase(f"<turn|turn|turn|rotate|pivot>~ {TO_RIGHT}", direction="right", weight=3),
            Phrase("<turn|rotate|pivot>~ (90|ninety) degrees (to the right|right)", direction="right"),
            Phrase("<make|do> a (90|ninety) degree turn (to the right|right)", direction="right", weight=0.5),
            Phrase("<face> (the right|right)", direction="right", weight=0.3),
            Phrase("<turn> right by (90|ninety) degrees", direction="right", weight=0.5),
            Phrase("<make|do|take> a right turn", direction="right"),
            Phrase("<make|do> a quarter turn (to the right|right)", direction="right"),
            Phrase("<turn> to (face|look) (the|{his}|) right", direction="right", weight=0.7),
            Phrase("<turn> {his} body to the right", direction="right", weight=0.5),
            Phrase("<turn|turn|turn|rotate|pivot>~ around", direction="around", weight=3),
            Phrase("<turn|rotate|pivot>~ (around by |around |)180 degrees", direction="around"),
            Phrase("<make|do> (an about-face|a 180|a 180 degree turn|a half turn|a u-turn)", direction="around"),
            Phrase(f"<turn> (around |)to face {OTHER_WAY}", direction="around"),
            Phrase("<turn> (completely around|back around|halfway around)", direction="around", weight=0.5),
        ),
    ),
    "spin": Wording(
        heads=(
            Phrase("<spin|spin|spin|twirl>~ (|around|around|round|on the spot|in place|in (a circle|circles))", direction="none", weight=3),
            Phrase("<turn|rotate> (in a full circle|all the way around|full circle|360 degrees)", direction="none"),
            Phrase("<do|make|perform> {n} (spin{s}|pirouette{s}|full turn{s}|twirl{s}|360 spin{s}|full rotation{s})", direction="none"),
            Phrase("<do> a (360|pirouette|spin|full turn)", direction="none", count="none"),
            Phrase("<pirouette>", direction="none", weight=0.7),
            Phrase("<spin|spin|spin|twirl>~ (|around|around|round) to (the|{his}) {side_of_turn}", direction="left right", weight=3),
            Phrase("<spin> {side_of_turn}", direction="left right", weight=0.7),
            Phrase("<turn|rotate> (in a full circle|all the way around|360 degrees) to the {side_of_turn}", direction="left right"),
            Phrase("<do|make|perform> {n} (spin{s}|full turn{s}|twirl{s}|pirouette{s}) to the {side_of_turn}", direction="left right"),
            Phrase("<do|make|perform> a (spin|full turn) to the {side_of_turn}", direction="left right", count="none"),
            Phrase("<spin|rotate> (around |)(counterclockwise|counter-clockwise)", direction="left", weight=0.5),
            Phrase("<spin|rotate> (around |)clockwise", direction="right", weight=0.5),
        ),
    ),
    "dance": Wording(
        heads=(
            Phrase("<dance|dance|dance|groove>~ (||around|on the spot|in place|to the music|to the beat|along)", weight=3),
            Phrase("<do|perform> (a dance|a little dance|some dancing|a few dance moves|some dance moves|a short dance)"),
            Phrase("<move|sway> to the (music|rhythm|beat)"),
            Phrase("<bust> a (move|few moves)", weight=0.4),
            Phrase("<dance> (with energy|energetically|wildly)", speed="quick", weight=0.5),
            Phrase("<do|perform> a (quick|fast) dance", speed="quick", weight=0.5),
        ),
    ),
    "stand": Wording(
        heads=(
            Phrase("<stand> (still|still|still|there|motionless|idle|idly|quietly|upright|perfectly still|completely still)", weight=3),
            Phrase("<stay|remain|keep> (still|motionless|perfectly still|completely still)", weight=1.5),
            Phrase("<stay|remain> (standing|in place|standing still|in position|put)"),
            Phrase("<stand|stay|remain> (there |)without moving"),
            Phrase("<stand> in (place|one place)", weight=0.6),
            Phrase("<not move> (|at all)", weight=0.8),
            Phrase("<wait|pause|rest> (|there|for a moment|in place|a moment|quietly)"),
            Phrase("<do> nothing", weight=0.5),
            Phrase("<hold> (still|{his} position)", weight=0.6),
            Phrase("<stop|halt|freeze> (|there|moving)", at="later", weight=0.8),
            Phrase("<come> to a (stop|halt|standstill)", at="later", weight=0.6),
        ),
    ),
}
