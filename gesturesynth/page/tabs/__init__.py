"""What the page's process does for each tab: a module for each, which answers the questions of its front end.

A module has `serve(surroundings)`, which returns a `TabService`. It is called once, when the server starts.
"""
