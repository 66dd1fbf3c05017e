"""Tests of the kit, in the same tree as what they test."""
