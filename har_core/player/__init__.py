"""The skeleton player: clips of sequences, what a browser needs to move them, and files to give away."""
