"""Network in, articles out: knows no language model and no database."""
