"""操作记录: who did what, for admins."""
