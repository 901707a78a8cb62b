"""What the tests of upkeep share: a small county, a gate's workspace, and commands."""

from tests.cli.conftest import command
from tests.gate.conftest import county

__all__ = ["command", "county"]
