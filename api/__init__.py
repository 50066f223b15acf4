"""Read-only HTTP and the dashboard."""
