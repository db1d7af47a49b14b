"""Words that a mistyped word may have been meant to be."""

from collections.abc import Iterator
from string import ascii_lowercase

_NEIGHBOURS = """abound against alone alter altered alters always bakes baking balances bands barks beach bearing beast bells binds bother
    bound brick bridges bunch chain chained chains clamp clamps clap clasp clasps clone close compete competing covers fails failed failing
    filed files fires firing fitting fixed fixes fixing flood flooding flour fools format forms forge green greek hallway handle handled
    handles handling handy header hears hearing heated holder holes hurts hurting largest leads leading leaks leaning leans least leave
    leaves leaving lined links lists living lives locked locking locks logging longer loose lounge lounges lounging match matched matches
    matching modes movie movies nearest packed packing packs pages painted painting paints parse pass passed passes passing patch patches
    paying pinch pinches pinching planes plate play played playing plays print printed printing prints react reacts rides riding rinse
    rinsed rinses risks saved saves saving scares scroll shade shades shame shape shaped shapes share shares shave shaves shaving shine
    ships shopping shots shower sings size sizes skill slack slide slides sliding smallest snake spans spend spill squares stack stacked
    stacks stage stare stares stems stir stirring stirs store story strand strings stuck swap swaps swats talked talking thread tired trees
    tuned tuning wades wading walls weave weaved weaves weaving whine wider wipes wires wishes within writes writing dunk dunks dunking"""
# Common words that are one letter away from one of ours; they mean what they say.
DISTINCT = frozenset(_NEIGHBOURS.split())


def one_edit_away(word: str) -> Iterator[str]:
    """All words made by one slip after the first letter: a letter left out, added, replaced, or two swapped. None for short words."""
    if len(word) < 5 or word in DISTINCT or not word.isalpha():
        return
    for at in range(1, len(word) + 1):
        head, tail = word[:at], word[at:]
        yield from (head + letter + tail for letter in ascii_lowercase)
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in ascii_lowercase)
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
