"""What stands on the page of the data set alone."""
