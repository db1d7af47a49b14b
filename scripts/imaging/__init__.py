"""Building, checking and weighing the container images."""
