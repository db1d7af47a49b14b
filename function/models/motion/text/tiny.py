"""The text encoder of the embedded variant: sentence to words, words to a plan, plan to the tokens that its network was trained on."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from function.models.motion.text.codes import STEPS, TOGETHER, plan_codes, plan_from_codes
from function.models.motion.text.echoes import without_echoes
from function.models.motion.text.embedding import PlanEmbedding
from function.models.motion.text.encoded import EncodedText
from function.models.motion.text.lexicon import BREAK, UNKNOWN, Lexicon
from function.models.motion.text.plan import Action, Plan
from function.models.motion.text.reader import Reader
from function.models.motion.text.spoken import describe
from function.models.motion.text.timing import share

_DOUBTFUL = 0.5
_STILL = Plan(((Action("stand"),),))


@dataclass(frozen=True)
class Reading:
    """What a sentence was read as, and what is to be said about it."""

    plan: Plan
    warnings: tuple[str, ...]

    @property
    def understood(self) -> str:
        """The plan in plain words."""
        return describe(self.plan)


class TinyText:
    """Reads sentences of the vocabulary that the embedded variant knows."""

    most_tokens = 1 + STEPS * TOGETHER

    def __init__(self, lexicon: Lexicon, reader: Reader, embedding: PlanEmbedding, longest: int) -> None:
        self.lexicon, self.reader, self.embedding, self.longest = lexicon, reader.eval(), embedding.eval(), longest

    @property
    def modules(self) -> tuple[nn.Module, ...]:
        """What holds its weights."""
        return self.reader, self.embedding

    def read(self, sentence: str) -> Reading:
        """The most likely plan of a sentence; what is in doubt is in the warnings."""
        tokens = self.lexicon.encode(sentence)
        device = self.reader.word.weight.device
        codes, sure = self.reader.read(torch.tensor([tokens.ids[: self.longest]], device=device))
        plan = without_echoes(plan_from_codes(codes[0].tolist()))
        warnings = []
        if tokens.unknown:
            warnings.append(f"Words that the model does not know, which it passed over: {', '.join(tokens.unknown)}.")
        if tokens.corrected:
            warnings.append("Read as misspelt: " + ", ".join(f"{wrong} as {right}" for wrong, right in tokens.corrected) + ".")
        if not plan.steps or not {*tokens.words} - {UNKNOWN, BREAK}:
            plan = _STILL
            warnings.append("No movement that the model knows was found in the sentence, so the person stands still.")
        elif sure.item() < _DOUBTFUL:
            warnings.append(f"The model is not sure what the sentence means; it took it as: {describe(plan)}.")
        return Reading(plan, tuple(warnings))

    @torch.inference_mode()
    def encode(self, plans: Sequence[Plan], seconds: Sequence[float]) -> EncodedText:
        """Tokens of plans that fill so many seconds each."""
        device = self.reader.word.weight.device
        codes = torch.tensor([plan_codes(plan) for plan in plans], device=device)
        spans = torch.stack([_spans(plan, length) for plan, length in zip(plans, seconds, strict=True)]).to(device)
        ctxt, present, vtxt = self.embedding(codes, spans, torch.tensor(seconds, device=device))
        return EncodedText(ctxt[:, : int(present.sum(1).max())], present.sum(1).tolist(), vtxt)


def _spans(plan: Plan, seconds: float) -> Tensor:
    """(STEPS, 2) start and end of each step, zero for those that there are not."""
    ends = share(plan, seconds)
    spans = torch.zeros(STEPS, 2)
    spans[: len(ends)] = torch.tensor([[0.0, *ends[:-1]], ends]).T
    return spans
