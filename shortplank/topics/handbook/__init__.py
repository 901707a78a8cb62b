"""使用手册: how each kind of user works with the board, a chapter each."""
