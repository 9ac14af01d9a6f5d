"""What stands on the comparison page alone."""
