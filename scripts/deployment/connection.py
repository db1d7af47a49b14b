"""Which cluster: a context of the kubeconfig, or the account of the pod that this runs in."""

from kubernetes import client, config

from deployment.failure import Failure


def connect(kubeconfig: str | None, context: str | None) -> tuple[client.ApiClient, str]:
    """A client, and the namespace that its context names. Raises `Failure`."""
    try:
        contexts, current = config.list_kube_config_contexts(kubeconfig)
    except (config.ConfigException, OSError):
        return _connect_from_inside(kubeconfig)
    chosen = next((one for one in contexts if one["name"] == context), None) if context else current
    if chosen is None:
        raise Failure(f"The kubeconfig has no context {context!r}.", "kubectl config get-contexts")
    try:
        api = config.new_client_from_config(kubeconfig, context=chosen["name"])
    except (config.ConfigException, OSError) as error:
        raise Failure(f"The kubeconfig cannot be used: {error}.", "kubectl config view") from None
    api.configuration.retries = False  # tried again here, where the reason is known
    return client.ApiClient(api.configuration), chosen["context"].get("namespace", "default")


def _connect_from_inside(kubeconfig: str | None) -> tuple[client.ApiClient, str]:
    """With the account of the pod that this runs in."""
    try:
        config.load_incluster_config()
    except config.ConfigException:
        where = kubeconfig or config.KUBE_CONFIG_DEFAULT_LOCATION
        raise Failure(f"There is no kubeconfig at {where}.", "export KUBECONFIG=/path/to/kubeconfig") from None
    return client.ApiClient(), "default"
