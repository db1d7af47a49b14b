"""Traffic of a Service as lists of targets. Pure. Knative Serving API: `spec.traffic`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deployment.failure import Failure
from deployment.knative import latest_ready

Target = dict[str, Any]


def to_latest() -> Target:
    """All to whatever revision is ready last: Knative's default."""
    return {"latestRevision": True, "percent": 100}


def to_revision(name: str, percent: int, tag: str = "") -> Target:
    return {"revisionName": name, "latestRevision": False, "percent": percent, **({"tag": tag} if tag else {})}


def split(old: str, new: str, share: int, tags: tuple[str, str]) -> list[Target]:
    """`share` percent to the new revision, the rest to the old one, both with a URL of their own."""
    return [to_revision(old, 100 - share, tags[0]), to_revision(new, share, tags[1])]


def kept(service: Mapping[str, Any], tags: Iterable[str]) -> list[Target]:
    """Tagged targets without a share, ours aside: other people's previews stay as they are."""
    return [dict(one) for one in service["spec"].get("traffic", ()) if one.get("tag") and one["tag"] not in tags and not one.get("percent")]


def serving(service: Mapping[str, Any]) -> str:
    """The one revision that takes all traffic. Raises `Failure` when there is none, or several."""
    name = service["metadata"]["name"]
    shares: dict[str, int] = {
        one["revisionName"]: one["percent"] for one in service.get("status", {}).get("traffic", ()) if one.get("percent")
    }
    if len(shares) == 1:
        return next(iter(shares))
    if not shares:
        raise Failure(f"Service {name} serves no revision yet.", f"scripts/deploy status {name}")
    told = ", ".join(f"{share} % to {revision}" for revision, share in shares.items())
    mend = f"kn service update {name} --traffic {latest_ready(service)}=100"
    raise Failure(f"The traffic of {name} is divided already ({told}), and not by a rollout.", mend)


def pinned(service: Mapping[str, Any]) -> str:
    """The revision named in the spec as the one that takes traffic; empty when traffic follows the latest one."""
    named = (one.get("revisionName") for one in service["spec"].get("traffic", ()) if one.get("percent"))
    return next((str(name) for name in named if name), "")


def same(one: Sequence[Target], other: Sequence[Target]) -> bool:
    """Whether two lists mean the same; the server fills fields in."""
    return sorted(map(_meaning, one)) == sorted(map(_meaning, other))


def describe(targets: Iterable[Target]) -> str:
    """`95 % to motion-00001, 5 % to motion-00002`."""
    return ", ".join(f"{one['percent']} % to {one.get('revisionName') or 'the latest revision'}" for one in targets if one.get("percent"))


def _meaning(target: Target) -> tuple[str, int, str]:
    return target.get("revisionName") or "", target.get("percent") or 0, target.get("tag") or ""
