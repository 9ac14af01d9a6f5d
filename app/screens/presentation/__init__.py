"""What stands in the presentation alone."""
