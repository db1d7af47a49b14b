"""All checks, in the order in which their findings are best read."""

from collections.abc import Callable, Iterator

from deployment.bundle import Bundle
from deployment.cluster import Cluster
from deployment.preflight import access, capacity, installation, references, times
from deployment.preflight.facts import Facts
from deployment.preflight.finding import Finding

Check = Callable[[Facts], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    installation.kinds,
    installation.versions,
    installation.namespace,
    access.rights,
    installation.rules,
    references.image,
    references.named,
    references.claims,
    references.domains,
    capacity.room,
    capacity.quotas,
    times.timeout,
    times.bring_up,
    times.scaling,
    times.address,
    installation.admission,
)


def preflight(cluster: Cluster, bundle: Bundle, bring_up_s: float = 0) -> list[Finding]:
    """What would fail first, then what may surprise, then what could not be read."""
    facts = Facts(cluster, bundle, bring_up_s)
    found = list(dict.fromkeys(finding for check in CHECKS for finding in check(facts)))
    return sorted([*found, *dict.fromkeys(facts.unread)], key=lambda one: not one.fails)
