"""Text in, claims out: knows no network and no database."""
