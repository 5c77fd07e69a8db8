"""Kubernetes manifests: the images of workloads, at their places."""

from verifychain.formats.kubernetes.extract import extract

__all__ = ["extract"]
