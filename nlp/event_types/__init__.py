"""One module per event type, data first."""
