"""What stands on the skeletons page alone."""
