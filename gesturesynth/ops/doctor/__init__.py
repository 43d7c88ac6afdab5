"""`gesturesynth doctor`: a table of checks, each judged by a pure function.

Faces: `registry` (the table), `finding`. `checks` has a module for each subject, `probes` tries what may
hang or crash.
"""
