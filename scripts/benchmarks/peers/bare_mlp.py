"""The torch network without any server: import, load, run once, print."""

import sys

from safetensors.torch import load_file

from benchmarks.network import forward


def main() -> None:
    """`bare_mlp FILE NUMBER`."""
    print(forward(load_file(sys.argv[1]), [float(sys.argv[2])])[0], flush=True)


if __name__ == "__main__":
    main()
