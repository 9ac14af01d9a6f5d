"""The hand-in: a page, a notebook, tables and pictures of some runs."""
