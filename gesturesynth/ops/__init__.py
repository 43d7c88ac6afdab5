"""Layer 7, for the person who runs an installation: the examination of this computer, the system service, and packs.

Faces: `doctor.registry`, `install.install`, `install.uninstall`, `packs.pack`, `packs.unpack`. No process of an
installation imports it.
"""
