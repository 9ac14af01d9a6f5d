"""What belongs to one page alone, a folder each."""
