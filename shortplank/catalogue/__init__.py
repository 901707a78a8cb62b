"""What is counted and how it is read."""

from shortplank.catalogue.loader import (
    SETTINGS_FILES,
    STANDARD,
    copy_standard,
    load_access,
    load_workspace,
)
from shortplank.catalogue.workspace import Workspace

__all__ = [
    "SETTINGS_FILES",
    "STANDARD",
    "Workspace",
    "copy_standard",
    "load_access",
    "load_workspace",
]
