"""From a config to a run on disk."""
