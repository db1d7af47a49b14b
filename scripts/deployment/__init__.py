"""The deploy command: a function on a cluster, from the checks before to the canary after. `scripts/deploy --help`."""
