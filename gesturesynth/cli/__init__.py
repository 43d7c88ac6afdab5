"""Layer 8, the command line: a module for each group of verbs, flags, the live view.

Faces: `app` (the verbs and where they are, `main`, exit codes), `playing`, `processes`, `presets`, `listing`,
`examples`, `status`, `doctor_flags`, `service`, `remote`. A module is loaded when its verb is given, and imports what
that needs.
"""
