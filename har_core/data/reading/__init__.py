"""From files on disk to sequences: numpy arrays in any layout, and the authors' text files."""
