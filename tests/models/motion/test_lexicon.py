"""What the lexicon understands, corrects and admits not to know."""

import json
from pathlib import Path

import pytest

from function.models.motion.text.lexicon import PAD, UNKNOWN, Lexicon

SOME_WORDS = """, 180 90 about after afterward and arm around as backward balance before both bow bend clap crouch degree down dance
    face fast finally first foot forward front hand head high in jab jack jump kick knee kneel left leg lower lunge march motionless next no
    nod on one
    place point punch quick raise right run same shake side sidestep sit slow spin squat stand star step still stop stretch stroll that
    then three throw time to toss turn twice two up walk wave while with yes"""


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon([PAD, UNKNOWN, *SOME_WORDS.split()])


def words(lexicon: Lexicon, text: str) -> str:
    return " ".join(lexicon.encode(text).words)


def test_subjects_and_articles_are_dropped(lexicon: Lexicon) -> None:
    text = "A person walks forward, then waves with the right hand."
    assert words(lexicon, text) == "walk forward , then wave with right hand"


def test_ids_stand_for_words(lexicon: Lexicon) -> None:
    tokens = lexicon.encode("She sits, and nods twice")
    assert [lexicon.tokens[index] for index in tokens.ids] == list(tokens.words)


@pytest.mark.parametrize(
    ("form", "base"),
    [
        ("walking", "walk"),
        ("waves", "wave"),
        ("waving", "wave"),
        ("nodded", "nod"),
        ("ran", "run"),
        ("sat", "sit"),
        ("knelt", "kneel"),
        ("threw", "throw"),
        ("thrown", "throw"),
        ("stood", "stand"),
        ("spun", "spin"),
        ("feet", "foot"),
        ("backwards", "backward"),
        ("slowly", "slow"),
        ("faster", "fast"),
        ("punches", "punch"),
        ("3", "three"),
        ("jacks", "jack"),
    ],
)
def test_forms_are_brought_to_their_base(lexicon: Lexicon, form: str, base: str) -> None:
    assert words(lexicon, form) == base


def test_capitals_and_punctuation_do_not_matter(lexicon: Lexicon) -> None:
    assert words(lexicon, "JUMP!!  Then... kick - twice?") == "jump , then , kick , twice"


@pytest.mark.parametrize(("text", "meaning"), [("kicks 2x", "kick two time"), ("turn 90°", "turn 90 degree"), ("turns 180", "turn 180")])
def test_numbers_are_words(lexicon: Lexicon, text: str, meaning: str) -> None:
    assert words(lexicon, text) == meaning


def test_contractions_are_taken_apart(lexicon: Lexicon) -> None:
    assert words(lexicon, "She\u2019s walking, he'll sit") == "walk , sit"


def test_order_words_stay(lexicon: Lexicon) -> None:
    assert words(lexicon, "first bow, before jumping while you nod; finally sit") == "first bow , before jump while nod , finally sit"


def test_after_that_is_not_after(lexicon: Lexicon) -> None:
    assert words(lexicon, "walks, after that sits") == "walk , afterward sit"
    assert words(lexicon, "after that man walks, he sits") == "after walk , sit"


@pytest.mark.parametrize("text", ["wave right away", "wave right now"])
def test_right_away_is_no_side(lexicon: Lexicon, text: str) -> None:
    assert words(lexicon, text) == "wave"


def test_one_after_another_is_no_order(lexicon: Lexicon) -> None:
    assert words(lexicon, "two kicks one after another") == "two kick"


def test_near_synonyms_are_read_as_known_words(lexicon: Lexicon) -> None:
    tokens = lexicon.encode("he saunters leftwards")
    assert (tokens.words, tokens.unknown) == (("walk", "slow", "left"), ())


def test_unknown_words_are_listed_once(lexicon: Lexicon) -> None:
    tokens = lexicon.encode("a person moonwalks, then moonwalks around the piano")
    assert tokens.unknown == ("moonwalks", "piano")
    assert tokens.words == (UNKNOWN, ",", "then", UNKNOWN, "around", UNKNOWN)


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("he does not wave", "not wave"),
        ("he doesn't wave with the left hand", "not wave with left hand"),
        ("she never kicks", "never kicks"),
        ("dont jump", "not jump"),
    ],
)
def test_a_negation_is_never_obeyed(lexicon: Lexicon, text: str, denied: str) -> None:
    tokens = lexicon.encode(text)
    assert (tokens.words, tokens.unknown) == ((UNKNOWN,), (denied,))


def test_a_negation_ends_with_its_clause(lexicon: Lexicon) -> None:
    assert words(lexicon, "he walks without waving, then sits") == f"walk {UNKNOWN} , then sit"


@pytest.mark.parametrize("text", ["he does not move", "he doesn't move", "without moving"])
def test_not_moving_is_standing_still(lexicon: Lexicon, text: str) -> None:
    tokens = lexicon.encode(text)
    assert (tokens.words, tokens.unknown) == (("motionless",), ())


@pytest.mark.parametrize(("typed", "meant"), [("forwrad", "forward"), ("strech", "stretch"), ("jupming", "jumping"), ("sqats", "squats")])
def test_one_slip_is_corrected_and_reported(lexicon: Lexicon, typed: str, meant: str) -> None:
    tokens = lexicon.encode(typed)
    assert (tokens.unknown, tokens.corrected) == ((), ((typed, meant),))


@pytest.mark.parametrize("word", ["wlk", "night", "stage", "paints", "clasps"])
def test_short_and_common_words_are_not_corrected(lexicon: Lexicon, word: str) -> None:
    tokens = lexicon.encode(word)
    assert (tokens.unknown, tokens.corrected) == ((word,), ())


@pytest.mark.parametrize("text", ["", "   ", "!?", "the person", "\u6325\u624b", "\x00\ud800"])
def test_any_text_gives_at_least_one_token(lexicon: Lexicon, text: str) -> None:
    assert len(lexicon.encode(text).ids) >= 1


def test_a_vocabulary_is_read_from_json(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.json"
    path.write_text(json.dumps({"tokens": [PAD, UNKNOWN, "walk"]}))
    assert Lexicon.read(path).encode("walks").ids == (2,)


@pytest.mark.parametrize("tokens", [["walk"], [UNKNOWN, PAD], [PAD, UNKNOWN, "walk", "walk"]])
def test_a_wrong_vocabulary_is_refused(tokens: list[str]) -> None:
    with pytest.raises(ValueError, match="vocabulary"):
        Lexicon(tokens)
