"""Manifests: rendering a kustomization, and judging what it says as Knative would."""
