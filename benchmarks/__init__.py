"""AIM measured beside other programs; ``python -m benchmarks.run`` writes docs/benchmarks.md."""
