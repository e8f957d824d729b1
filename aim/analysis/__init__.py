"""The workshop: pure functions over incidents; frame in, index-aligned frame out."""

from aim.analysis.dbscan import dbscan

__all__ = ["dbscan"]
