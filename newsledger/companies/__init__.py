"""Canonical companies: a shipped catalogue, people's decisions, and the pure resolver from a name to a company."""

from newsledger.companies.catalogue import VERSION, load, load_decisions, unlike
from newsledger.companies.names import clean, fold, provisional
from newsledger.companies.resolver import Resolution, Resolver, live

__all__ = [
    "VERSION",
    "Resolution",
    "Resolver",
    "clean",
    "fold",
    "live",
    "load",
    "load_decisions",
    "provisional",
    "unlike",
]
