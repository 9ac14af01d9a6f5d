"""What stands on the page Try a file alone."""
