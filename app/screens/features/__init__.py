"""What stands on the features page alone."""
