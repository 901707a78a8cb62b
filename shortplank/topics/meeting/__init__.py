"""会议材料: the meeting's papers and follow-ups."""
