"""The vocabulary: words every room speaks. No input, no output."""
