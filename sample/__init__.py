"""The sample newsroom: a loopback news site with articles of our own."""
