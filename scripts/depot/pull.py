"""From a bucket or a folder to a folder. `prefetch` is the same, as the serving image has it: `python -m function.weights.prefetch`."""

from argparse import Namespace

from deployment.console import Console
from depot.meters import meters
from function.weights.prefetch import fill, told


def run(options: Namespace, console: Console) -> None:
    """Pull. Raises `NotReady`."""
    for one in fill(options, meters(console)):
        console.show(told(one), one)
