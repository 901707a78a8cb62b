"""抽查预演: what a draw of villages would find, rehearsed."""
