"""Wordings of what arms and head do."""

from training.motion.sentences.phrase import Phrase, Wording, Wordings

HAND = "(hand|hand|arm)"
ARM = "(arm|arm|hand)"
BALL = "(a ball|a ball|the ball|something|a stone|an object)"
WITH_SIDE = (
    Phrase("with (the|{his}) {side} " + HAND, weight=5),
    Phrase("using (the|{his}) {side} " + HAND, weight=0.7),
)
OVERHEAD = "(above {his} head|over {his} head|overhead)"
UP = f"(|||up|into the air|in the air|{OVERHEAD})"
HIGH_UP = f"(up high|high|all the way up|high {OVERHEAD}|high into the air|up to the sky)"
BOTH = "both ({his} |)(arms|arms|hands)"
AHEAD = "(forward|forward|forwards|ahead|straight ahead|to the front|in front|at something in front)"

ARMS: Wordings = {
    "wave": Wording(
        heads=(
            Phrase("<wave>~ (|||hello|goodbye|hi|in greeting|to say hello|at someone|to a friend)", weight=4),
            Phrase(f"<wave> {{his}} {{side}} {HAND} (||in greeting|from side to side|to say hello)", weight=2.5),
            Phrase(f"<wave> (a|one) {HAND}", side="none"),
            Phrase("<use> (the|{his}) {side} hand to wave", weight=0.3),
            Phrase("<give> a (|friendly|little|big) wave"),
            Phrase(f"{{his}} {{side}} {HAND} <wave>", clause=True),
            Phrase("both {his} (hands|arms) wave", side="both", clause=True),
            Phrase("<greet> (someone |)with a wave", side="none", weight=0.7),
            Phrase("<greet> (someone |)with a wave of {his} {side} hand", weight=0.5),
            Phrase(f"<wave> (both {{his}} |both )({HAND}s)", side="both", weight=3),
            Phrase(f"<lift|raise> {{his}} {{side}} {HAND} (and <wave>|to wave)", height="none", weight=0.5),
            Phrase("<say> (hello|hi|goodbye) with (the|{his}) {side} hand", weight=0.4),
        ),
        tails=(
            *WITH_SIDE,
            Phrase("with both (hands|hands|arms|of {his} hands)", side="both", weight=2),
            Phrase("(with two hands|using both hands)", side="both", weight=0.4),
            Phrase(f"(high|up high|high up|high in the air|{OVERHEAD}|high above {{his}} head)", height="high"),
        ),
    ),
    "raise_arm": Wording(
        heads=(
            Phrase(f"<raise|raise|lift>~ {{his}} {{side}} {ARM} {UP}", height="none", weight=4),
            Phrase(f"<put|bring|move>~ {{his}} {{side}} {ARM} up (|above {{his}} head)", height="none"),
            Phrase(f"<put|hold> up {{his}} {{side}} {ARM}", height="none", weight=0.7),
            Phrase("<reach>~ (up|upwards|upward|overhead) with (the|{his}) {side} (hand|arm)", height="none", weight=0.7),
            Phrase(f"<raise|raise|lift>~ {{his}} {{side}} {ARM} {HIGH_UP}", height="high", weight=4),
            Phrase(f"<put|bring>~ {{his}} {{side}} {ARM} (all the way up|up high|high up)", height="high"),
            Phrase("<reach> (high|high up) with (the|{his}) {side} (hand|arm)", height="high", weight=0.7),
            Phrase(f"<raise|raise|lift>~ {BOTH} (|||up|in the air|into the air|{OVERHEAD})", side="both", height="none", weight=4),
            Phrase("<raise|lift>~ {his} (arms|hands) (|up|in the air|over {his} head)", side="both", height="none"),
            Phrase("<put|bring>~ (both|{his}|both {his}) (hands|arms) up (|above {his} head|in the air)", side="both", height="none"),
            Phrase(f"{{his}} {{side}} {ARM} <go|go|rise|move> (up|up|up into the air)", height="none", clause=True),
            Phrase(f"up <go> {{his}} {{side}} {ARM}", height="none", clause=True),
            Phrase(f"{{his}} {{side}} {ARM} <go|rise> {HIGH_UP}", height="high", clause=True),
            Phrase("(both {his}|{his}) (arms|hands) go up (|in the air)", side="both", height="none", clause=True),
            Phrase("<throw> up both (hands|arms)", side="both", height="none", speed="quick", weight=0.3),
            Phrase(f"<raise|raise|lift>~ {BOTH} {HIGH_UP}", side="both", height="high", weight=4),
            Phrase("<reach> (high up|for the sky|up high) with both (hands|arms)", side="both", height="high", weight=0.7),
        ),
    ),
    "lower_arm": Wording(
        heads=(
            Phrase(f"<lower|lower|drop>~ {{his}} {{side}} {ARM} (|||down|again|to {{his}} side)", weight=4),
            Phrase(f"<put|bring|take|move>~ {{his}} {{side}} {ARM} (down|back down|down again)", weight=2),
            Phrase(f"<put> down {{his}} {{side}} {ARM}", weight=0.6),
            Phrase(f"<let> {{his}} {{side}} {ARM} (fall|drop|sink|hang down)", weight=0.6),
            Phrase(f"<lower|lower|drop>~ {BOTH} (|||down|again|to {{his}} sides)", side="both", weight=4),
            Phrase("<lower|drop>~ {his} (arms|hands) (|down|to {his} sides)", side="both"),
            Phrase(f"{{his}} {{side}} {ARM} <go|come|sink|drop|move> (down|back down|down again)", clause=True),
            Phrase("(both {his}|{his}) (arms|hands) (go|come|sink) (down|back down)", side="both", clause=True),
            Phrase("<put|bring|take|move>~ (both|{his}|both {his}) (hands|arms) (down|back down)", side="both", weight=2),
            Phrase("<let> (both|{his}) (arms|hands) (fall|drop|sink|hang down)", side="both", weight=0.6),
        ),
    ),
    "clap": Wording(
        heads=(
            Phrase("<clap>~ (|||{his} hands|{his} hands|{his} hands together)", weight=4),
            Phrase("<applaud>~", count="none", weight=1.5),
            Phrase("<give> a (round of applause|clap)", count="none", height="none", weight=0.5),
            Phrase("<give|do> {n} clap{s}", weight=0.6),
            Phrase("<bring|smack> {his} hands together in a clap", count="none", weight=0.3),
        ),
        tails=(Phrase(f"({OVERHEAD}|{OVERHEAD}|high|up high|with {{his}} (hands|arms) (up|up high|{OVERHEAD}))", height="high"),),
    ),
    "punch": Wording(
        heads=(
            Phrase("<punch|punch|jab|box>~ (||forward|the air|in front)", weight=3),
            Phrase("<throw|throw|deliver|land> {n} (punch{es}|jab{s})", weight=1.5),
            Phrase("<throw|deliver|land> a (punch|jab)", count="none"),
            Phrase("<throw|deliver> (some|several|a few|) punches", count="none", side="none", weight=0.6),
            Phrase("<throw|deliver> {n} {side} (punch{es}|jab{s}|hook{s})", weight=1.5),
            Phrase("<throw|deliver> a {side} (punch|jab|hook)", count="none", weight=1.5),
            Phrase("<punch|jab|strike|hit> (out |forward |)with (the|{his}) {side} (hand|fist|fist|arm)", weight=2),
            Phrase("{his} {side} (fist|fist|hand|arm) <punch|jab|strike|punch> (|forward|the air)", clause=True),
            Phrase("<strike|hit> (out |the air )with (a fist|{his} fist)", side="none", weight=0.5),
        ),
        tails=(
            Phrase("with (the|{his}) {side} (hand|fist|fist|arm)", weight=5),
            Phrase("using (the|{his}) {side} (hand|fist)", weight=0.7),
        ),
    ),
    "point": Wording(
        heads=(
            Phrase("<point>~ (||at something|to something|{his} finger|with a finger)", direction="none", weight=3),
            Phrase(f"<point>~ {AHEAD}", direction="forward", weight=4),
            Phrase(f"<point> {{his}} {{side}} (finger|{HAND}) (forward|ahead|to the front)", direction="forward"),
            Phrase("<stretch|extend> {his} {side} arm (and <point>|to point) (forward|ahead)", direction="forward", weight=0.7),
            Phrase("{his} {side} (hand|arm|finger) <point> (|at something)", direction="none", clause=True),
            Phrase("{his} {side} (hand|arm|finger) <point> (forward|ahead|straight ahead)", direction="forward", clause=True),
            Phrase("<extend|lift|raise> {his} {side} arm (and <point>|to point)", direction="none", weight=0.7),
            Phrase("<use> (the|{his}) {side} hand to point", direction="none", weight=0.3),
            Phrase(f"<point> {{his}} {{side}} (finger|{HAND}) (|at something)", direction="none"),
        ),
        tails=WITH_SIDE,
    ),
    "throw": Wording(
        heads=(
            Phrase(f"<throw|throw|throw|toss|pitch|hurl|lob|fling> {BALL} (|||forward|away|ahead|in front)", weight=4),
            Phrase(f"<use> (the|{{his}}) {{side}} (hand|arm) to throw {BALL}", weight=0.3),
            Phrase(f"<throw|toss|hurl> {BALL} {{side}} handed", weight=0.5),
            Phrase(f"{{his}} {{side}} (hand|arm) <throw|toss|hurl> {BALL}", clause=True),
            Phrase("<throw> (with force|overhand|overarm)", weight=0.5),
            Phrase("(<pitch>|<make> a throw)", weight=0.3),
        ),
        tails=WITH_SIDE,
    ),
    "nod": Wording(
        heads=(
            Phrase("<nod> (|||{his} head|{his} head|yes|in agreement)", weight=4),
            Phrase("<give> (a nod|a little nod)", count="none", weight=0.7),
            Phrase("<give> {n} nod{s}", weight=0.5),
            Phrase("<move|bob> {his} head up and down"),
            Phrase("{his} head (<nod>|<go> up and down|<move> up and down)", clause=True),
            Phrase("<nod> (to say yes|in approval|to agree|{his} head in agreement|{his} head yes)"),
            Phrase("<say> yes (with {his} head|with a nod|by nodding)", count="none", weight=0.4),
        ),
    ),
    "shake_head": Wording(
        heads=(
            Phrase("<shake> {his} head (|||no|in disagreement|from side to side|to say no|in refusal)", weight=4),
            Phrase("{his} head <turn|go|move|shake> (from side to side|left and right)", clause=True),
            Phrase("<move|turn> {his} head (from side to side|left and right|side to side|from left to right)"),
            Phrase("<say> no (with {his} head|by shaking {his} head|with a shake of {his} head)", count="none"),
            Phrase("<give> a shake of {his} head", count="none", weight=0.4),
            Phrase("<disagree> by shaking {his} head", count="none", weight=0.4),
        ),
    ),
}
