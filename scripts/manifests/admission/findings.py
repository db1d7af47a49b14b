"""What a review says about the fields of a manifest."""

from dataclasses import dataclass
from typing import Literal, Self

Judge = Literal["webhook", "cluster", "nobody"]


@dataclass(frozen=True)
class Finding:
    """`path` is the field, `message` what is wrong with it, `mend` what would be right.

    `flag` is the flag of config-features that would allow it, if one would. `by` says who refuses it: the `webhook` when it is applied, the
    `cluster` when it was accepted and cannot run then, `nobody` when it runs and may surprise.
    """

    path: str
    message: str
    mend: str
    flag: str = ""
    by: Judge = "webhook"


@dataclass(frozen=True)
class Review:
    """Errors: it will be refused, or cannot run. Warnings: it runs, and may surprise."""

    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, findings: list[Finding]) -> Self:
        """Errors and warnings told apart, the first of each path and message kept."""
        first = list({(finding.path, finding.message): finding for finding in reversed(findings)}.values())[::-1]
        return cls(tuple(one for one in first if one.by != "nobody"), tuple(one for one in first if one.by == "nobody"))
