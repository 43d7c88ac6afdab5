"""Layer 2, people in, commands out: the command table, its wires, and the session that decides.

Faces: `commands` (the table), `session.machine` (pure), `command_socket`, `osc.server`, `terminal_keyboard`,
`keypad.process`. Knows no other package of its layer.
"""
