"""What stands on the results page alone."""
