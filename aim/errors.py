"""Every error AIM raises on purpose, in one tree.

    AimError
    ├── ConfigError            a setting is missing or wrong
    ├── FeedError              a partner's file
    │   ├── FeedFormatError        the file is not what was asked for
    │   └── UnknownFeedError       no feed has that name
    ├── AreaError              a boundary file
    ├── CrsError               coordinates in another reference system
    ├── ParameterError         a value the method cannot take
    ├── StoreError             the store
    │   ├── NotFoundError          nothing there with that name
    │   ├── ConflictError          somebody else got there first
    │   └── SchemaVersionError     the store is older or newer than this program
    ├── AccessError            the doorkeeper
    │   ├── NotAllowedError        this person may not do that, and why
    │   ├── AgreementError         a sharing agreement does not allow it
    │   ├── ReasonNeededError      a sharing agreement asks for a reason first
    │   └── SignInError            nobody came in, and why
    │       └── TooManyAttemptsError   too many tries; later
    ├── TaskingError           groups, actions and meetings
    │   ├── ActionStateError       the action is not where that can be done
    │   └── NotSmartError          what an action lacks before it can be agreed
    ├── ExportError            a list or page could not be written
    └── ServiceError           the hub could not be started

A message says what was asked, what was found and what to do. Only the doors (`aim.cli` and
`aim.service`) catch these; an error in a *row* of a file is data, never an exception.
"""


class AimError(Exception):
    """Any error a person can mend; the text is meant for that person."""


class ConfigError(AimError):
    """A setting is missing, unknown or out of range."""


class FeedError(AimError):
    """A feed could not be read."""


class FeedFormatError(FeedError):
    """The file is not the feed that was asked for, or not a table at all."""


class UnknownFeedError(FeedError):
    """No feed has that name."""


class AreaError(AimError):
    """A boundary file could not be used."""


class CrsError(AimError):
    """Coordinates are in a reference system the function cannot take."""


class ParameterError(AimError, ValueError):
    """A value is outside what the method or filter can take."""


class StoreError(AimError):
    """The store could not do what was asked."""


class NotFoundError(StoreError):
    """Nothing in the store has that name or number."""


class ConflictError(StoreError):
    """What was asked contradicts what the store already holds."""


class SchemaVersionError(StoreError):
    """The store was written by an older or newer program."""


class AccessError(AimError):
    """The doorkeeper said no."""


class NotAllowedError(AccessError):
    """The person asking may not do that; the text says why."""


class AgreementError(AccessError):
    """A sharing agreement ended, has not begun, or is missing where one is needed."""


class ReasonNeededError(AccessError):
    """A sharing agreement asks why; give a reason of the list."""


class SignInError(AccessError):
    """Nobody came in; the text says why, and no more than a stranger may know."""


class TooManyAttemptsError(SignInError):
    """There were too many tries; the text says when to come back."""


class TaskingError(AimError):
    """What was asked of a group, an action or a meeting does not fit its rules."""


class ActionStateError(TaskingError):
    """The action's stage does not allow that, or not to this person."""


class NotSmartError(TaskingError):
    """The action lacks something before it can be agreed; the text names every gap."""


class ExportError(AimError):
    """A list, map or page could not be written."""


class ServiceError(AimError):
    """The hub could not be started."""
