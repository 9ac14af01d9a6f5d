"""What stands on the training page alone."""
