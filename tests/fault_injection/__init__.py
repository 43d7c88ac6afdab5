"""Faults on purpose: how long until it sounds again, what was lost, who was started again. `make faults`."""
