"""What the embedded text encoder says about a sentence, whatever it was trained to read: the weights here are random."""

import pytest
import torch

from function.models.motion.text.embedding import PlanEmbedding
from function.models.motion.text.lexicon import SPECIALS, Lexicon
from function.models.motion.text.plan import Action, Plan
from function.models.motion.text.reader import Reader, ReaderConfig
from function.models.motion.text.tiny import TinyText

WALK_AND_WAVE = Plan(((Action("walk", direction="forward"),), (Action("wave", side="right"),)))


@pytest.fixture
def text() -> TinyText:
    torch.manual_seed(3)
    lexicon = Lexicon([*SPECIALS, ",", "walk", "wave", "forward", "then", "and"])
    return TinyText(lexicon, Reader(ReaderConfig(len(lexicon), words=12, width=16)), PlanEmbedding(16), longest=12)


@pytest.mark.parametrize("sentence", ["...", "\U0001f600", "a person", "1984", "yodel, yodel"])
def test_a_sentence_without_a_known_word_is_standing_still_and_said_to_be(text: TinyText, sentence: str) -> None:
    reading = text.read(sentence)
    assert reading.understood == "stand"
    assert any("stands still" in warning for warning in reading.warnings)


def test_unknown_words_are_named(text: TinyText) -> None:
    assert "Words that the model does not know, which it passed over: yodels, flies." in text.read("she yodels, flies and walks").warnings


def test_misspelt_words_are_named_with_what_they_were_read_as(text: TinyText) -> None:
    assert "Read as misspelt: forwrad as forward." in text.read("walk forwrad").warnings


def test_a_reader_that_is_not_sure_says_so(text: TinyText) -> None:
    assert any(f"not sure what the sentence means; it took it as: {text.read('walk').understood}." in w for w in text.read("walk").warnings)


def test_a_sentence_longer_than_the_reader_is_cut(text: TinyText) -> None:
    assert text.read("walk " * 60) == text.read("walk " * 12)


def test_the_same_sentence_is_read_the_same(text: TinyText) -> None:
    assert text.read("walk, then wave") == text.read("Walk, then WAVE!")


def test_plans_become_tokens_and_a_sentence_vector(text: TinyText) -> None:
    encoded = text.encode([WALK_AND_WAVE, Plan(((Action("stand"),),))], [5.0, 2.0])
    assert encoded.ctxt_length == [3, 2]  # the duration, then the actions
    assert (encoded.ctxt.shape, encoded.vtxt.shape) == ((2, 3, 16), (2, 1, 16))


def test_a_plan_is_encoded_the_same_beside_another(text: TinyText) -> None:
    together, alone = text.encode([Plan(((Action("stand"),),)), WALK_AND_WAVE], [2.0, 5.0]), text.encode([WALK_AND_WAVE], [5.0])
    torch.testing.assert_close(together.ctxt[1], alone.ctxt[0])
    torch.testing.assert_close(together.vtxt[1], alone.vtxt[0])


def test_the_time_that_a_plan_fills_is_in_its_tokens(text: TinyText) -> None:
    short, long = text.encode([WALK_AND_WAVE], [3.0]), text.encode([WALK_AND_WAVE], [9.0])
    assert not torch.allclose(short.ctxt, long.ctxt)
