"""Layer 7, for the person who runs an installation: examination of this computer, system service, packs, Wekinator.

Faces: `doctor.registry`, `install.install`, `install.uninstall`, `packs.pack`, `packs.unpack`,
`wekinator.installing` (projects of that program). No process of an installation imports it.
"""
