"""Layer 6, the live application (process `conductor`): commands carried out, presets loaded, sounds sent.

Faces: `process` (what starts and stops), `loop` (pose to sound), `session_controller` (command to session to effect),
`preset_manager`.
"""
