"""What would fail or surprise if these manifests were put on this cluster, each with the command that mends it."""

from deployment.preflight.finding import Finding
from deployment.preflight.run import preflight

__all__ = ["Finding", "preflight"]
