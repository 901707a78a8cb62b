"""``python -m shortplank.cli``: the same as the command."""

from shortplank.cli import main

main()
