"""The way to zero: a decision of no pods is not applied at once. Pure: told what happens and when, it says how many pods to keep."""

from planning.settings import Settings


class WayToZero:
    """Active from the moment that a pod serves, inactive once it may go; the last pods go when the activator surely buffers."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._active_since: float | None = None
        self._inactive_since: float | None = None
        self._buffered_since: float | None = None

    @property
    def inactive(self) -> bool:
        """The activator is in the path whatever the burst capacity says."""
        return self._inactive_since is not None

    def buffer(self, now: float, buffering: bool) -> None:
        """The activator is in the path, or no longer."""
        if not buffering:
            self._buffered_since = None
        elif self._buffered_since is None:
            self._buffered_since = now

    def serve(self, now: float) -> None:
        """Pods are wanted, and one is ready."""
        if self._active_since is None:
            self._active_since = now
        self._inactive_since = None

    def keep(self, now: float, pods: int) -> int:
        """How many of so many pods stay, now that none is wanted."""
        if not self._settings.to_zero:
            return 1
        if self._inactive_since is None:
            if self._active_since is None:
                return pods  # none has served yet
            if now - self._active_since < self._settings.stable_window:
                return 1
            self._inactive_since, self._active_since = now, None
            self.buffer(now, True)
        idle = now - self._inactive_since
        buffered = now - self._buffered_since if self._buffered_since is not None else 0.0
        patience, grace = self._settings.retention, self._settings.grace
        if idle >= patience and (buffered >= grace or idle >= max(grace, patience)):
            self._inactive_since = None
            return 0
        return pods
