"""What stands on the page of the ladder alone."""
