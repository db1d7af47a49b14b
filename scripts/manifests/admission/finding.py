"""What a review says about one field of a manifest."""

from dataclasses import dataclass

WEBHOOK = "webhook"
CLUSTER = "cluster"


@dataclass(frozen=True)
class Finding:
    """`path` is the field, `message` what is wrong with it, `mend` what would be right, both in a sentence.

    `flag` is the flag of config-features that would allow it, if one would. `by` says who refuses it: `webhook` when it is applied,
    `cluster` when it was accepted and cannot run then.
    """

    path: str
    message: str
    mend: str
    flag: str = ""
    by: str = WEBHOOK


@dataclass(frozen=True)
class Review:
    """Errors: it will be refused, or cannot run. Warnings: it is accepted, and may surprise."""

    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
