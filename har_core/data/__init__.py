"""From a source on disk to sequences that a model can be trained on."""
