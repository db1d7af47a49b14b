"""How speed and number are said, whatever the action."""

_SLOW_PACE = "at a (slow|leisurely|unhurried) pace"
_QUICK_PACE = "at a (brisk|fast|rapid|quick) pace"
# value -> (one word, for anywhere; longer ones, for the end)
SPEEDS: dict[str, tuple[str, str]] = {
    "slow": (
        "(slowly|slowly|slowly|unhurriedly|leisurely)",
        f"(slowly|slowly|very slowly|really slowly|{_SLOW_PACE}|{_SLOW_PACE}|in slow motion|taking {{his}} time)",
    ),
    "quick": (
        "(quickly|quickly|rapidly|briskly|speedily)",
        f"(quickly|quickly|fast|fast|very (fast|quickly)|{_QUICK_PACE}|{_QUICK_PACE}|at (high |)speed|as fast as possible|in a hurry)",
    ),
}
TIMES: dict[int, str] = {
    1: "(once|once|one time|1 time|just once|a single time|only once)",
    2: "(twice|twice|two times|2 times|2x|two times in a row|a couple of times)",
    3: "(three times|three times|3 times|3x|three times in a row)",
}
REPEATEDLY = "(several times|a few times|some times|repeatedly|again and again|over and over|many times)"
NUMBERS: dict[int, str] = {1: "(one|one|a single|1|just one)", 2: "(two|two|2|a couple of)", 3: "(three|three|3)"}
