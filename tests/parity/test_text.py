"""The text encoders against goldens."""

import torch

from function.models.motion.text import clip, qwen3
from function.models.motion.text.published import MARKER, PREFIX_TOKENS, SYSTEM_SHA256, context_ids, render_chat
from tests.parity.cases import Case, assert_near, each

LANGUAGE = each("causal_lm_hidden_state")
SENTENCE = each("clip_text_pooled")


def language_model(case: Case) -> qwen3.Qwen3:
    model = qwen3.Qwen3(qwen3.parse_qwen3(case.facts["config"]))
    model.load_state_dict(qwen3.published_state(case.weights()))
    return model.requires_grad_(False)


def sentence_model(case: Case) -> clip.ClipText:
    model = clip.ClipText(clip.parse_clip(case.facts["config"]))
    model.load_state_dict(clip.published_state(case.weights()))
    return model.requires_grad_(False)


@LANGUAGE
def test_cropped_states_agree_over_a_padded_batch(case: Case) -> None:
    io, start = case.io(), case.facts["crop_start"]
    states, _ = language_model(case)(io["in.input_ids"])
    for row, count in enumerate(io["out.ctxt_length"].tolist()):
        assert_near(states[row, start : start + count], io["out.ctxt"][row, :count], case.tolerance("ctxt", 1e-4), f"row {row}")


@LANGUAGE
def test_states_agree_after_a_prefix_that_was_run_before(case: Case) -> None:
    io, start, model = case.io(), case.facts["crop_start"], language_model(case)
    for row, count in enumerate(io["out.ctxt_length"].tolist()):
        ids = io["in.input_ids"][row : row + 1]
        _, past = model(ids[:, :start])
        states, _ = model(ids[:, start : start + count].expand(2, -1), past)
        for copy in states:
            assert_near(copy, io["out.ctxt"][row, :count], case.tolerance("ctxt", 1e-4), f"row {row}")


@LANGUAGE
def test_the_last_layer_is_fed_what_the_golden_says(case: Case) -> None:
    io, model = case.io(), language_model(case)
    fed: list[torch.Tensor] = []
    model.model.layers[-1].register_forward_pre_hook(lambda _, given: fed.append(given[0]))
    model(io["in.input_ids"])
    valid = io["in.attention_mask"].bool()
    assert_near(fed[0][valid], io["mid.before_final_norm_unmasked"][valid], case.tolerance("ctxt", 1e-4), "input of the last layer")


@LANGUAGE
def test_the_count_of_valid_tokens_follows_from_the_crop(case: Case) -> None:
    io, start, limit = case.io(), case.facts["crop_start"], case.facts["max_length_llm"]
    for ids, length, count in zip(io["in.input_ids"].tolist(), case.facts["lengths"], io["out.ctxt_length"].tolist(), strict=True):
        assert len(context_ids(ids[start:length], [], limit)) == count


@SENTENCE
def test_sentence_vectors_agree(case: Case) -> None:
    io, model = case.io(), sentence_model(case)
    valid = io["in.attention_mask"].bool()
    assert_near(model.states(io["in.input_ids"])[valid], io["mid.last_hidden_state"][valid], case.tolerance("states", 1e-4), "states")
    assert_near(model(io["in.input_ids"]), io["out.pooled"], case.tolerance("pooled", 1e-4), "sentence vectors")


@each("llm_text_template")
def test_chat_layout_crop_and_counts_agree(case: Case) -> None:
    facts = case.facts
    layout = facts["rendered"].partition("  (")[0].replace("\\n", "\n")
    assert render_chat("the system", MARKER) == layout.format(system_prompt="the system", user_text=MARKER)
    assert facts["system_prompt_sha256"] == SYSTEM_SHA256
    assert facts["crop_start"] == PREFIX_TOKENS == facts["tokenizer_max_length"] - facts["max_length_llm"]
    closing = next(sample["user_and_suffix_token_ids"] for sample in facts["samples"] if not sample["prompt"])
    for sample in facts["samples"]:
        ids = sample["user_and_suffix_token_ids"]
        user = ids[: -len(closing)] if ids[-len(closing) :] == closing else ids
        assert context_ids(user, closing, facts["max_length_llm"]) == ids
        assert len(ids) == sample["ctxt_length"]
