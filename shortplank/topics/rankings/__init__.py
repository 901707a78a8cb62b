"""乡镇排名: the townships and the county among their peers."""
