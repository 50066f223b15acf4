"""The sample newsroom: a small news site on the loopback address, with articles of our own. All of it is made up."""
