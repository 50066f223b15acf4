"""The pages: drawn on the server, readable without JavaScript."""
