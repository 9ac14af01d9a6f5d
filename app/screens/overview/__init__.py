"""What stands on the overview alone."""
