"""Sends an event to the function as a broker does, and says what a broker would make of the answer: the local loop without a cluster."""

import argparse
import sys
from collections.abc import Callable, Sequence

from sending.delivery import deliver
from sending.making import SOURCE, make
from sending.messages import Message, Mode, write
from sending.showing import as_curl, as_json, as_text
from sending.verdicts import Verdict

CODES = {Verdict.DONE: 0, Verdict.REPLIED: 0, Verdict.POISON: 1, Verdict.RETRY: 3}
EXAMPLES = """\
examples:
  scripts/send --data '{"prompt": "a person waves", "duration": 2, "seed": 7}'
  scripts/send --data '{"prompt": "a bow", "duration": 2}' --id 7 --repeat 2     a duplicate: the kept reply comes
  scripts/send --data '{"prompt": "a bow", "duration": 2}' --mode structured -e team=blue
  scripts/send --data '[{"prompt": "a bow"}, {"prompt": "a squat"}]'             two events in one batch
  scripts/send --data '{"promt": "a bow"}'                                       poison
  scripts/send --data '{"prompt": "a bow"}' --dry-run                            the same as a curl command

exit codes:
  0  done                     1  poison: never tried again
  2  the options are wrong    3  failed for now: a broker would try again
"""


def main(argv: Sequence[str]) -> int:
    """The worst outcome of all that was sent."""
    parser = _parser()
    options = parser.parse_args(argv)
    try:
        events = make(options)
    except ValueError as error:
        parser.error(str(error))
    mode: Mode = options.mode or ("batch" if len(events) != 1 else "binary")
    worst = 0
    for sent in ([events] if mode == "batch" else [[event] for event in events]) * options.repeat:
        message = write(mode, *sent)
        message = Message({**message.headers, "prefer": "reply", **dict(options.header)}, message.body)
        if options.dry_run:
            print(as_curl(options.to, message))
            continue
        answer = deliver(options.to, message, options.timeout)
        print((as_json if options.json else as_text)(sent, answer))
        worst = max(worst, CODES[answer.verdict])
    return worst


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/send", description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add(
        "file",
        nargs="?",
        metavar="FILE",
        help="JSON: data, or a whole event (with specversion), or a list of either; - for standard input",
    )
    add("--data", metavar="JSON", help="the data itself, in the place of a FILE")
    add("--to", metavar="URL", type=_url, default="http://localhost:8080/events", help="where to (default: %(default)s)")
    add("--mode", choices=("binary", "structured", "batch"), help="how the event travels (default: binary; batch for a list)")
    add("--model", default="motion", help="which model is asked: the type is figurine.MODEL.requested (default: %(default)s)")
    add("--type", help="any other type")
    add("--id", help="default: a new one")
    add("--source", help=f"default: {SOURCE}")
    add("--subject", help="default: none")
    add("-e", "--extension", metavar="NAME=VALUE", type=_pair("="), action="append", default=[], help="another attribute; may be repeated")
    add("-H", "--header", metavar="NAME:VALUE", type=_pair(":"), action="append", default=[], help="a header of HTTP; may be repeated")
    add("--repeat", type=int, default=1, metavar="N", help="send the same N times: what follows the first are duplicates")
    add("--timeout", type=float, default=300, metavar="SECONDS", help="how long to wait for an answer (default: %(default)s)")
    add("--json", action="store_true", help="print one JSON object for each message sent")
    add("--dry-run", action="store_true", help="send nothing; print the curl command")
    return parser


def _pair(separator: str) -> Callable[[str], tuple[str, str]]:
    """Reads NAME and VALUE with the separator between them."""

    def read(text: str) -> tuple[str, str]:
        name, found, value = text.partition(separator)
        if not found or not name:
            raise argparse.ArgumentTypeError(f"{text!r} should be NAME{separator}VALUE")
        return name.strip().lower(), value.strip()

    return read


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text!r} should begin with http:// or https://")
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
