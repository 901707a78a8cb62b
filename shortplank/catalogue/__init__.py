"""What is counted and how it is read."""

from shortplank.catalogue.loader import (
    STANDARD,
    Workspace,
    copy_standard,
    load_access,
    load_workspace,
)

__all__ = ["STANDARD", "Workspace", "copy_standard", "load_access", "load_workspace"]
