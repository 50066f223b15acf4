"""The few generic spiders."""
