"""Several people: which of them has which role, and what is measured between them.

Faces: `roles` (who has which role, frame by frame), `role_frame` (what the extractor gets of it), `role_names`, `rows`
(the rows of the table of features). Pure.
"""
