"""性别比: the sex ratio at birth and its uncertainty."""
