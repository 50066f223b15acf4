"""The vocabulary of newsledger and its command line."""
