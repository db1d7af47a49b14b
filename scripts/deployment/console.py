"""What a person sees: sentences on stderr, results on stdout, questions where somebody can answer them."""

import json
import sys
from dataclasses import dataclass
from typing import Any

from deployment.failure import Failure


@dataclass(frozen=True, slots=True)
class Console:
    """`json`: results and events as JSON, one a line, on stdout. `yes`: questions are answered."""

    json: bool = False
    yes: bool = False

    def say(self, text: str, **facts: Any) -> None:
        """Something has happened."""
        if self.json:
            print(json.dumps({"event": text, **facts}), flush=True)
        else:
            print(text, file=sys.stderr, flush=True)

    def show(self, text: str, facts: Any) -> None:
        """The result: as text, or the facts as JSON."""
        print(json.dumps(facts) if self.json else text, flush=True)

    def confirm(self, question: str) -> None:
        """Raises `Failure` unless the answer is yes."""
        if self.yes:
            return
        if not sys.stdin.isatty():
            raise Failure(f"{question} Nobody can answer here.", "the same command with --yes")
        print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise Failure("Nothing was changed.")
