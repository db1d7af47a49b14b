"""Whether the times and bounds that the manifests state fit each other and the cluster's configuration."""

from collections.abc import Iterator

from deployment.preflight.facts import Facts
from deployment.preflight.finding import Finding, set_config, surprise


def timeout(facts: Facts) -> Iterator[Finding]:
    """A request's timeout is at most the cluster's maximum."""
    wanted, most = int(facts.pod.get("timeoutSeconds", 300)), int(facts.config("config-defaults").get("max-revision-timeout-seconds", 600))
    if wanted > most:
        mend = set_config("config-defaults", "max-revision-timeout-seconds", str(wanted))
        yield Finding(f"timeoutSeconds is {wanted}, and the cluster allows {most} at most.", mend)


def bring_up(facts: Facts) -> Iterator[Finding]:
    """A pod has the time to become ready, and a request that meets a cold start the time to wait for it."""
    expected, own = facts.start_budget_s, facts.annotation("serving.knative.dev/progress-deadline")
    if facts.deadline_s < expected and (facts.bring_up_s or not own):  # an annotation beside a probe is the rule set's to judge
        text = f"The progress deadline is {facts.deadline_s:.0f} s, but bringing a pod up may take {expected:.0f} s: it would be given up."
        mend = f'the annotation serving.knative.dev/progress-deadline: "{expected + 60:.0f}s" on the template'
        yield Finding(text, mend, fails=bool(facts.bring_up_s))
    timeout = int(facts.pod.get("timeoutSeconds", 300))
    if facts.bring_up_s > timeout:
        text = f"A cold start takes {facts.bring_up_s:.0f} s, and a request is given up after {timeout} s: the first ones will fail."
        yield surprise(text, 'the annotation autoscaling.knative.dev/min-scale: "1", or a larger timeoutSeconds')


def scaling(facts: Facts) -> Iterator[Finding]:
    """The autoscaler does what the annotations mean."""
    config, least = facts.config("config-autoscaler"), facts.scale("min-scale")
    if not least and config.get("enable-scale-to-zero", "true").lower() == "false":
        mend = set_config("config-autoscaler", "enable-scale-to-zero", "true")
        yield surprise("The cluster does not scale to zero: one GPU stays taken while nobody calls.", mend)
    limit, most = int(config.get("max-scale-limit", 0) or 0), facts.scale("max-scale")
    if limit and not 0 < most <= limit:
        mend = f'the annotation autoscaling.knative.dev/max-scale: "{limit}"'
        yield Finding(f"max-scale is {most or 'not set'}, and the cluster allows {limit} at most.", mend)
    if facts.annotation("autoscaling.knative.dev/initial-scale") == "0" and config.get("allow-zero-initial-scale") != "true":
        yield Finding(
            "initial-scale is 0, which the cluster does not allow.", set_config("config-autoscaler", "allow-zero-initial-scale", "true")
        )


def address(facts: Facts) -> Iterator[Finding]:
    """The URL will lead somewhere."""
    domains = [name for name in facts.config("config-domain") if not name.startswith("_")]
    if not [name for name in domains if name not in ("example.com", "svc.cluster.local")]:
        mend = set_config("config-domain", "YOUR.DOMAIN", "")
        yield surprise("No domain is configured, so the URL resolves nowhere outside the cluster; --via ADDRESS helps this command.", mend)
