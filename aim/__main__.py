"""``python -m aim`` is the command ``aim``."""

from aim.cli import main

if __name__ == "__main__":
    main()
