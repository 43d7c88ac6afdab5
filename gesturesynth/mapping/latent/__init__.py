"""Part of layer 3: latents of a generative model, and what lies between them.

`vectors` makes and reads them, `mixing` gives the one between several, `setup` is what a preset says.
"""
