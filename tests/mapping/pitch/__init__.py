"""Tests of scales, tunings, notes, Scala files and the quantiser."""
