"""Pure numbers: what a run got right, what it confused, and how its features lie."""
