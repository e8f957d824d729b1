"""In building."""
