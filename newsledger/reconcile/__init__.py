"""Claims and people's decisions to events: pure, and the same whatever order the claims arrived in."""

from newsledger.reconcile.event import FIGURE_RULES
from newsledger.reconcile.ledger import MintedId, article_of
from newsledger.reconcile.reading import Rates
from newsledger.reconcile.run import CORRECTABLE, Reconciled, neighbourhood, reconcile, reconcile_around
from newsledger.reconcile.why import reasons, why

__all__ = [
    "CORRECTABLE",
    "FIGURE_RULES",
    "MintedId",
    "Rates",
    "Reconciled",
    "article_of",
    "neighbourhood",
    "reasons",
    "reconcile",
    "reconcile_around",
    "why",
]
