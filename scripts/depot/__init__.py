"""The weights command: from published checkpoints to checked folders, and from there to buckets and volumes. `scripts/weights --help`."""
