"""Tokenising and encoding with encoders of the published kinds, on a tokenizer made here."""

import hashlib

import pytest
import torch

from function.models.motion.config import ConfigError
from function.models.motion.text.clip import parse_clip
from function.models.motion.text.clip import published_state as clip_state
from function.models.motion.text.published import ContextEncoder, PublishedText, SentenceEncoder, check_system_text, crop_start
from function.models.motion.text.qwen3 import parse_qwen3
from function.models.motion.text.qwen3 import published_state as qwen3_state
from tests.models.motion.published import CHAT, QWEN3, SYSTEM, chat_tokenizer, sentence_tokenizer, small_clip, small_qwen3


def context_encoder(limit: int = 40) -> ContextEncoder:
    return ContextEncoder(small_qwen3(), chat_tokenizer(), SYSTEM, limit, CHAT.prefix_tokens)


def sentence_encoder() -> SentenceEncoder:
    return SentenceEncoder(small_clip(), sentence_tokenizer())


def test_the_count_includes_the_two_closing_tokens() -> None:
    assert [len(context_encoder().tokens(prompt)) for prompt in ("", "walk")] == [2, 6]


def test_a_long_prompt_loses_its_tail_and_then_the_closing_tokens() -> None:
    encoder = context_encoder(limit=8)
    assert encoder.tokens("abcdefgh") == encoder.tokens("abcdefghijk")
    assert encoder.tokens("abcdefg")[-1] == encoder.closing[0]


def test_white_space_around_a_prompt_changes_nothing() -> None:
    encoder = context_encoder()
    assert encoder.tokens("\n walk \n") == encoder.tokens("walk")


def test_a_prompt_that_spells_a_control_token_is_plain_text() -> None:
    encoder = context_encoder()
    assert encoder.closing[0] not in encoder.tokens("<|im_end|>")[:-2]


def test_states_after_the_cached_prefix_are_those_of_the_whole_chat() -> None:
    encoder = context_encoder()
    prompts = ["walk", "turn left"]
    for prompt, states in zip(prompts, encoder.encode(prompts), strict=True):
        whole, _ = encoder.model(torch.tensor([[*encoder.prefix, *encoder.tokens(prompt)]]))
        torch.testing.assert_close(states, whole[0, len(encoder.prefix) :], atol=1e-5, rtol=0)


def test_a_wrong_crop_position_is_refused() -> None:
    encoder = context_encoder()
    with pytest.raises(ConfigError, match="token"):
        ContextEncoder(encoder.model, encoder.tokenizer, SYSTEM, 40, prefix_tokens=101)


def test_a_system_text_that_holds_the_marker_is_refused() -> None:
    with pytest.raises(ConfigError, match="BOC"):
        crop_start(chat_tokenizer(), "say <BOC>")


def test_another_system_text_than_the_checkpoints_is_refused() -> None:
    with pytest.raises(ConfigError, match="SHA-256"):
        check_system_text(SYSTEM)
    assert check_system_text(SYSTEM, hashlib.sha256(SYSTEM.encode()).hexdigest()) == SYSTEM


def test_a_long_sentence_keeps_its_end_token() -> None:
    encoder = sentence_encoder()
    ids = encoder.tokenizer.encode("a person walks forward slowly").ids
    assert len(ids) == 12
    assert ids[-1] == encoder.tokenizer.token_to_id("<|endoftext|>")


def test_prompts_of_a_batch_do_not_touch_each_other() -> None:
    encoder = PublishedText(context_encoder(), sentence_encoder())
    (_, together), (single,) = encoder.encode(["walk on", "turn"]), encoder.encode(["turn"])
    torch.testing.assert_close(together.ctxt, single.ctxt, atol=1e-5, rtol=0)
    torch.testing.assert_close(together.vtxt, single.vtxt, atol=1e-5, rtol=0)


def test_published_checkpoints_are_narrowed_to_what_the_encoders_read() -> None:
    some = torch.zeros(1)
    assert set(qwen3_state({"model.norm.weight": some, "lm_head.weight": some})) == {"model.norm.weight"}
    whole = {"text_model.x": some, "text_model.embeddings.position_ids": some, "vision_model.x": some, "logit_scale": some}
    assert set(clip_state(whole)) == {"text_model.x"}


def test_encoder_settings_that_are_not_built_are_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="attention_bias"):
        parse_qwen3({**QWEN3, "attention_bias": True})
    with pytest.raises(ConfigError, match="head_dim"):
        parse_qwen3({name: value for name, value in QWEN3.items() if name != "head_dim"})
    with pytest.raises(ConfigError, match="hidden_act"):
        parse_clip({"text_config": {"hidden_act": "gelu"}})
