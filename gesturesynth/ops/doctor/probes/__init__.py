"""What may hang, crash or cannot be undone, tried in a child process that reports fact by fact.

Face: `subprocess_report`.
"""
