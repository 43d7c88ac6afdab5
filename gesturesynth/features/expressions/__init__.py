"""Features that a preset defines by an expression: `clip(right_wrist.height - left_wrist.height, 0, 1)`.

`syntax` reads the text, by a grammar of its own: nothing of it is ever run as Python. `functions` is the table of what
can be called, `ranges` says between which values an expression lies, `evaluator` computes it frame after frame.
"""
