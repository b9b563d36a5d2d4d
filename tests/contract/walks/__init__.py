"""For each operation, calls that reach every one of its successes with real data, and that use
every one of its query parameters."""

from . import applications, attempts, catalogue, endpoints, messages, operational, recovery
from .registry import WALKS

__all__ = [
    "WALKS",
    "applications",
    "attempts",
    "catalogue",
    "endpoints",
    "messages",
    "operational",
    "recovery",
]
