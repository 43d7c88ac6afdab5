"""Tests of the controls of cameras."""
