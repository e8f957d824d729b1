"""The compiled kernels of the ``fast`` extra: taken where they pay, loaded when they are wanted."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from aim.errors import ParameterError

_ENGINES = ("auto", "numpy", "numba")


def wants_kernel(engine: str, *, pays: bool) -> bool:
    """Say whether an engine is the compiled one; ``auto`` takes it where it pays and is there.

    Raises
    ------
    ParameterError
        There is no such engine.

    Examples
    --------
    >>> wants_kernel("numba", pays=False), wants_kernel("auto", pays=False)
    (True, False)
    """
    if engine not in _ENGINES:
        raise ParameterError(f"`engine` must be one of {', '.join(_ENGINES)}; found {engine!r}.")
    if engine == "auto":
        return pays and find_spec("numba") is not None
    return engine == "numba"


def load_kernel(name: str) -> ModuleType:
    """Load a module of ``aim.analysis`` that needs numba, which takes a second.

    Raises
    ------
    ParameterError
        numba is not installed.
    """
    try:
        return import_module(f"aim.analysis.{name}")
    except ImportError as error:
        raise ParameterError(
            "`engine` numba needs the numba package, which is not installed; install"
            ' "active-intelligence-mapping[fast]" or leave the engine to auto.'
        ) from error
