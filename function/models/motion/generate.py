"""Requests to motion features on the device, and features to finished clips on the CPU."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from function.models.model import ALONE, Progress, Surroundings
from function.models.motion.decode import decode, denormalise, split_features
from function.models.motion.export.clip import Clip, clip_of
from function.models.motion.ground import height_basis
from function.models.motion.loading import PUBLISHED_CHAT, Chat, encoder_of, load_network, load_text
from function.models.motion.mannequin import mannequin
from function.models.motion.planting import clean
from function.models.motion.request import FPS, LONGEST, MotionInput, features_for
from function.models.motion.sampler import Items, draw_noise, sample
from function.models.motion.skeleton import Skeleton, mannequin_skeleton
from function.models.motion.stepping import Eager
from function.models.motion.text.encoded import EncodedText
from function.models.motion.text.encodings import Encoding, Encodings, join_encodings
from function.models.motion.text.published import PublishedText
from function.models.parts import Part, part_of
from function.weights.weights import Weights

_CONTACTS = slice(135, 137)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the lane hands on: features (seeds, L, 201) float32 on the CPU, normalised, and what was read in the sentence."""

    features: Tensor
    warnings: tuple[str, ...] = ()
    understood: str = ""


class Generator:
    """The network, its text encoder and its sampler on one device."""

    def __init__(self, weights: Weights, device: str, chat: Chat = PUBLISHED_CHAT, surroundings: Surroundings = ALONE) -> None:
        self.device = device
        self.config, self.network = load_network(weights, device)
        self._text_on_host = surroundings.text_encoder == "host"
        self.text = load_text(weights, self.config, "cpu" if self._text_on_host else device, chat)
        memo = surroundings.memo if isinstance(self.text, PublishedText) else None
        self.encodings = Encodings(encoder_of(weights), surroundings.encoding_cache, memo)
        self._at_hand: dict[str, Encoding] = {}
        self.skeleton: Skeleton = mannequin_skeleton()
        mesh = mannequin()
        self.basis = height_basis(self.skeleton, mesh.vertices, mesh.joint_indices, mesh.joint_weights)
        self.mean, self.std = self.network.mean.cpu(), self.network.std.cpu()
        self.runner = self._make_runner()

    def warm(self) -> None:
        """Make every shape of a step that is served ready."""
        self.runner.warm()

    def parts(self) -> list[Part]:
        """The network, and the text encoder where it is on the device too."""
        network = part_of("network", [self.network], self.runner.clear)
        if self._text_on_host:
            return [network]
        moved = [self.text.context.forget] if isinstance(self.text, PublishedText) else []
        return [network, part_of("text", self.text.modules, *moved)]

    def needs(self, batch: Sequence[MotionInput]) -> set[str]:
        """The parts for a batch: the text encoder only where a prompt's encoding is not at hand. What is, stays so for the batch."""
        prompts = {request.prompt for request in batch}
        self._at_hand = {prompt: found for prompt in prompts if (found := self.encodings.find(prompt))}
        return {"network"} if len(self._at_hand) == len(prompts) else {"network", "text"}

    def draft(self, batch: Sequence[MotionInput], progress: Progress) -> list[Draft]:
        """Sample all seeds of all inputs together; the inputs take equally many steps."""
        encoded, notes = self._encode(batch)
        rows = [(index, seed) for index, request in enumerate(batch) for seed in request.all_seeds]
        lengths = [features_for(batch[index].frames, self.config.fps) for index, _ in rows]
        items = Items(
            noise=self._noise([seed for _, seed in rows])[:, : max(lengths)],
            length=lengths,
            prompt=[index for index, _ in rows],
            guidance=[self.guidance(batch[index]) for index, _ in rows],
            ctxt=encoded.ctxt,
            ctxt_length=encoded.ctxt_length,
            vtxt=encoded.vtxt,
        )

        def wanted(step: int, of: int) -> list[int]:
            inputs = {*progress(step, of)}
            return [row for row, (index, _) in enumerate(rows) if index in inputs]

        made = sample(self.network, items, self.steps(batch[0]), self.config.null_context, progress=wanted, runner=self.runner).cpu()
        return [
            Draft(torch.stack([made[row, : lengths[row]] for row, (index, _) in enumerate(rows) if index == number]), *notes[number])
            for number in range(len(batch))
        ]

    def clips(self, draft: Draft, frames: int) -> list[Clip]:
        """The finished motion of each seed, standing on the ground, at 30 frames a second. CPU only, any thread."""
        if not self.config.foot_contacts:
            motion = decode(draft.features, self.mean, self.std, self.skeleton, self.basis)
            rotation, root = motion.rotation, motion.joints[:, :, 0]
        else:
            values = denormalise(draft.features, self.mean, self.std)
            translation, rotation = split_features(values)
            rotation, root = clean(rotation, translation, values[..., _CONTACTS], frames, self.skeleton)
        return [clip_of(turns.numpy(), path.numpy(), FPS, self.skeleton) for turns, path in zip(rotation, root, strict=True)]

    def guidance(self, request: MotionInput) -> float:
        """The caller's guidance, or the weights' own."""
        return self.config.guidance if request.guidance is None else request.guidance

    def steps(self, request: MotionInput) -> int:
        """The caller's steps, or the weights' own."""
        return request.steps or self.config.steps

    def _make_runner(self) -> Eager:
        network, device = self.network.motion_transformer, torch.device(self.device)
        if device.type != "cuda":
            return Eager(network)
        from function.models.motion.graphs import Graphs, shapes

        return Graphs(network, device, shapes(features_for(LONGEST, self.config.fps), self.text.most_tokens))

    def _noise(self, seeds: Sequence[int]) -> Tensor:
        on = self.device if self.config.noise_on_gpu else "cpu"
        return draw_noise(seeds, self.config.train_frames, self.config.network.input_dim, on).to(self.device)

    def _encode(self, batch: Sequence[MotionInput]) -> tuple[EncodedText, list[tuple[tuple[str, ...], str]]]:
        """The batch's sentences encoded, and for each its warnings and what it was read as."""
        if isinstance(self.text, PublishedText):
            return self._encode_published(self.text, [request.prompt for request in batch]), [((), "")] * len(batch)
        readings = [self.text.read(request.prompt) for request in batch]
        encoded = self.text.encode([reading.plan for reading in readings], [request.frames / FPS for request in batch])
        return encoded, [(reading.warnings, reading.understood) for reading in readings]

    def _encode_published(self, text: PublishedText, prompts: Sequence[str]) -> EncodedText:
        """What is at hand or in memory is not encoded again."""
        known = {prompt: found for prompt in prompts if (found := self._at_hand.get(prompt) or self.encodings.find(prompt))}
        self._at_hand = {}
        if absent := [prompt for prompt in dict.fromkeys(prompts) if prompt not in known]:
            known |= zip(absent, text.encode(absent), strict=True)
            for prompt in absent:
                self.encodings.add(prompt, known[prompt])
        return join_encodings([known[prompt] for prompt in prompts], self.device)
