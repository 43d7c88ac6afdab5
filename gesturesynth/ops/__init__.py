"""Layer 7, for the person who runs an installation: the examination of this computer, and the system service.

Faces: `doctor.registry`, `install.install`, `install.uninstall`. No process of an installation imports it.
"""
