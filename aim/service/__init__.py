"""Door 1: the hub in a browser, and the same answers for programs."""

from aim.service.app import create_app
from aim.service.listening import serve

__all__ = ["create_app", "serve"]
