"""What stands on the page of the hand-in alone."""
