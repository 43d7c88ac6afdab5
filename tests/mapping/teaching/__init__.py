"""Tests of the arithmetic of ways of teaching."""
