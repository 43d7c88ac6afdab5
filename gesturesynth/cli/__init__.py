"""Layer 8, the command line: a module for each group of verbs, flags, the live view.

Faces: `app` (the root, `main`, exit codes). Each verb imports only what it needs.
"""
