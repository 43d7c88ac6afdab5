"""The system service: installed, upgraded and removed.

Faces: `install`, `uninstall`, `layout` (where everything is), `systemctl`.
"""
