"""Choosing runs and showing them, as several screens do."""
