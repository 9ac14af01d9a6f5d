"""What stands on the ladder page alone."""
