"""What several refusals of backup, restore and upgrade say is to be done."""

from __future__ import annotations

ANOTHER_BACKUP = "请换一份备份"
NOTHING_WRITTEN = "没有恢复任何文件，请换一份备份"
FETCH_FROM_BACKUP = "请从以前的备份取回这个文件，再备份"
CHECK_RIGHTS = "请检查路径和权限"
STOP_FIRST = "请先停下服务，再运行一次"
CHECK_WORKSPACE = "请检查 SHORTPLANK_WORKSPACE 或 -w 参数"
FROM_A_BACKUP = "请改正，或从备份取回这个文件"
