"""Tests of what looks after an installation."""
