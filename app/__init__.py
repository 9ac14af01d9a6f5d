"""The dashboard: thin screens over har_core."""
