"""`gesturesynth doctor`: a table of checks, each judged by a pure function.

Faces: `registry` (the table), `finding`. `checks` gathers and judges, `probes` tries what may hang or crash.
"""
