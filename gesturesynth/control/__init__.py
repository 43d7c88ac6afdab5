"""Layer 2, input from people: the command table, its adapters (keyboard, keypad, OSC, shell), and the session.

Faces: `commands` (the table), `session.machine` (pure), `command_socket`, `osc.server`, `terminal_keyboard`,
`keypad.process`. Imports no other package of its layer.
"""
