"""Layouts for programs with buttons and faders, made from the command table and a preset.

`controls` says which there are; `open_stage_control` and `touchosc` write them as the files of these programs.
"""
