"""Wordings of what legs and trunk do on the spot."""

from training.motion.sentences.phrase import Phrase, Wording, Wordings

LEG = "(leg|leg|foot)"
LIFTED = "(up|raised|lifted|off the ground)"

LEGS: Wordings = {
    "squat": Wording(
        heads=(
            Phrase("<squat>~ (|down|down|down and up|deeply)", weight=2),
            Phrase("<do|do|perform|make|complete> {n} squat{s}", weight=2),
            Phrase("<do|perform> (|some|a few|several) squats", count="none"),
            Phrase("<do|perform> a (squat|deep squat|squat exercise)", count="none"),
            Phrase("<drop|sink|lower|go>~ (down |)into a (squat|deep squat) (|and <come|rise|stand|get> back up|and <straighten> up)"),
            Phrase("<bend> {his} knees (deeply|into a squat) and <come|stand|rise> back up", weight=0.5),
            Phrase("<do> {n} (deep |)knee bend{s}", weight=0.5),
            Phrase("<do|perform> {n} slow squat{s}", speed="slow", weight=0.5),
            Phrase("<do|perform> {n} (quick|fast) squat{s}", speed="quick", weight=0.5),
        ),
    ),
    "sit": Wording(
        heads=(
            Phrase("<sit>~ down", weight=3),
            Phrase("<sit>~ down (on a chair|on the chair|on a seat|in a chair|on a stool|on a bench)"),
            Phrase("<sit>~ (on a chair|in a chair|on a stool|on a bench)"),
            Phrase("<take> a seat"),
            Phrase("<have> a seat", weight=0.4),
            Phrase("<lower> {self} (onto|into|on) a (chair|seat)~", weight=0.7),
            Phrase("<seat> {self}~", weight=0.4),
            Phrase("<sink> (into|onto) a (chair|seat)", weight=0.4),
        ),
    ),
    "stand_up": Wording(
        heads=(
            Phrase("<stand>~ up", weight=3),
            Phrase("<get>~ up", weight=1.5),
            Phrase("<rise>~ (|up|to {his} feet|to a standing position)", weight=1.5),
            Phrase("<get|come>~ to {his} feet"),
            Phrase("<stand|get|come> (back up|back up again|up again)", at="later"),
            Phrase("<stand|get|rise>~ (up |)from (a chair|the chair|{his} seat|a seat|a bench|a seated position)", at="first"),
            Phrase("<get> (up |)(off|out of) ({his}|the|a) (chair|seat)", at="first", weight=0.6),
            Phrase("<stand|get|rise> up from (the floor|the ground|there)", at="later", weight=0.4),
            Phrase("<straighten> (back up|up)", at="later", weight=0.4),
            Phrase("<return> to (standing|a standing position)", at="later", weight=0.4),
        ),
    ),
    "kneel": Wording(
        heads=(
            Phrase("<kneel>~ (|down|down)", side="none", weight=2),
            Phrase("<go|get|drop|sink>~ (down |)(on|to|onto) (one knee|a knee)", side="none", weight=2),
            Phrase("<take> a knee", side="none", weight=0.5),
            Phrase("<lower> {self} (to|onto) one knee", side="none", weight=0.5),
            Phrase("<kneel>~ (|down) (on|onto) {his} {side} knee", weight=2),
            Phrase("<go|get|drop|sink>~ (down |)(on|to|onto) {his} {side} knee", weight=2),
            Phrase("<put|place|lower|set> {his} {side} knee (on the ground|on the floor|to the ground|to the floor|down)"),
            Phrase("{his} {side} knee <go|drop|come> (down |)(to|onto) the (ground|floor)", clause=True),
            Phrase("<kneel> with {his} {side} knee (on the ground|on the floor|down)"),
        ),
    ),
    "bow": Wording(
        heads=(
            Phrase("<bow>~ (||down|forward|politely|respectfully)", height="none", weight=3),
            Phrase("<take|make|give> a (|polite|respectful|small|formal) bow", height="none", count="none", weight=1.5),
            Phrase("<take|make|do> {n} bow{s}", height="none"),
            Phrase("<bend>~ (forward|forward at the waist|from the waist) (|politely|in a bow|to bow)", height="none"),
            Phrase("<bow>~ (low|deeply|down low|very low|very deeply|all the way down)", height="low", weight=3),
            Phrase("<take|make|give> a (deep|low|very low|very deep) bow", height="low", count="none", weight=1.5),
            Phrase("<take|make|do> {n} (deep|low) bow{s}", height="low"),
            Phrase("<bend>~ (far|low|deeply) forward (|at the waist|in a bow|to bow)", height="low"),
            Phrase("<take> a slow bow", height="none", count="none", speed="slow", weight=0.4),
        ),
    ),
    "kick": Wording(
        heads=(
            Phrase("<kick> (||forward|out|the air|in front)", weight=3),
            Phrase("<kick> a ball", height="none", weight=0.5),
            Phrase("<do|throw|make|perform|deliver> {n} kick{s}", height="none"),
            Phrase("<do|throw|make|perform> a kick", height="none", count="none"),
            Phrase("<do|throw|perform> {n} {side} kick{s}", height="none", weight=0.6),
            Phrase("<do|throw|make|perform> {n} (high|high|head-height) kick{s}", height="high"),
            Phrase("<do|throw|make|perform> a high kick", height="high", count="none", weight=1.5),
            Phrase("<do|throw|make|perform> {n} low kick{s}", height="low"),
            Phrase("<do|throw|make|perform> a low kick", height="low", count="none", weight=1.5),
            Phrase(f"<kick> {{his}} {{side}} {LEG} (|forward|out|forwards)", weight=1.5),
            Phrase(f"<swing> {{his}} {{side}} {LEG} forward in a kick", weight=0.3),
            Phrase(f"{{his}} {{side}} {LEG} <kick> (|forward|out|the air)", clause=True),
            Phrase("<give> a kick", height="none", count="none", weight=0.3),
        ),
        tails=(
            Phrase(f"with (the|{{his}}) {{side}} {LEG}", weight=3),
            Phrase(f"using (the|{{his}}) {{side}} {LEG}", weight=0.5),
            Phrase("(high|high|up high|high in the air|high into the air|at head height|to head height|above the waist)", height="high"),
            Phrase("(low|low|down low|near the ground|low to the ground|at shin height|below the knee)", height="low"),
        ),
    ),
    "lunge": Wording(
        heads=(
            Phrase("<lunge> (|forward|forward)", side="none", weight=2),
            Phrase("<do|do|perform|make> {n} (lunge{s}|forward lunge{s})"),
            Phrase("<do|perform> (lunges|some lunges|a few lunges|a lunge|a forward lunge)", side="none", count="none"),
            Phrase("<step|go|drop|sink> (forward |)into a lunge"),
            Phrase("<take> a (big|large|long|deep) step forward into a lunge", side="none", weight=0.5),
            Phrase(f"<lunge> (|forward) (with|on) {{his}} {{side}} {LEG}", weight=2),
            Phrase("<do|perform> {n} {side} leg lunge{s}", weight=0.6),
            Phrase("<step> forward with (the|{his}) {side} (foot|leg) into a lunge"),
            Phrase("{his} {side} (foot|leg) <step|go> forward into a lunge", clause=True),
            Phrase("<lunge> {side} leg (first|forward)", weight=0.4),
        ),
        tails=(
            Phrase(f"with (the|{{his}}) {{side}} {LEG} (|forward|in front)", weight=2),
            Phrase("on (the|{his}) {side} (leg|side)"),
        ),
    ),
    "crouch": Wording(
        heads=(
            Phrase("<crouch>~ (|down|down|low)", weight=3),
            Phrase("<duck>~ (|down|down low)", weight=1.5),
            Phrase("<hunker>~ down"),
            Phrase("<get|stay> (down low|low|low to the ground)", weight=0.8),
            Phrase("<drop|sink|go|get>~ (down |)into a (crouch|low crouch|crouching position)"),
            Phrase("<crouch>~ (close to the ground|close to the floor|near the ground)", weight=0.6),
        ),
    ),
    "balance": Wording(
        heads=(
            Phrase("<balance|balance|stand>~ on (one leg|one leg|one foot|a single leg)", side="none", weight=3),
            Phrase("<keep|hold> {his} balance on one (leg|foot)", side="none"),
            Phrase("<lift|raise> one (foot|leg|knee) and (<balance>|<hold> it up|<stand> on the other)", side="none", weight=0.7),
            Phrase("<stand> like a (stork|flamingo)", side="none", weight=0.3),
            Phrase("<balance|balance|stand>~ on (the|{his}) {side} (leg|leg|foot)", weight=3),
            Phrase("<balance> on just (the|{his}) {side} (leg|foot)", weight=0.4),
            Phrase("<keep|hold> {his} balance on (the|{his}) {side} (leg|foot)"),
            Phrase("<stand> on one leg, the {side} one,", weight=0.3),
            Phrase("<lift|raise> {his} {other} (foot|leg|knee) and <balance|stand> on (the|{his}) {side} (leg|foot|one)", weight=0.8),
            Phrase(f"<balance|stand> on (the|{{his}}) {{side}} (leg|foot) with (the|{{his}}) {{other}} (foot|leg) {LIFTED}"),
            Phrase("<lift|raise> {his} {other} (foot|leg) off the (ground|floor) and (<balance>|<stay> there|<hold> it)", weight=0.7),
            Phrase("<balance> with {his} {other} (foot|leg) off the (ground|floor)", weight=0.5),
        ),
    ),
    "stretch": Wording(
        heads=(
            Phrase("<stretch> (||out|up|upwards|{his} body|{his} whole body|tall|{his} back)", weight=3),
            Phrase("<stretch> {his} arms (up|overhead|above {his} head|up and out|upwards|to the sky)", weight=1.5),
            Phrase("<have|do|take> a (|good|long|big|full body) stretch"),
            Phrase("<do> (some stretches|some stretching|stretching|a stretching exercise)"),
            Phrase("<reach> up (tall |)and <stretch>"),
            Phrase("<stretch> (from side to side|to both sides|like (after waking up|a cat))", weight=0.4),
            Phrase("<loosen|limber> up (|with a stretch)", weight=0.4),
        ),
    ),
}
