"""What every text encoder hands to the network."""

from typing import NamedTuple

from torch import Tensor


class EncodedText(NamedTuple):
    """P prompts: `ctxt` (P, N, C) float32 padded on the right, `ctxt_length` the P counts of valid tokens, `vtxt` (P, 1, V) float32."""

    ctxt: Tensor
    ctxt_length: list[int]
    vtxt: Tensor
