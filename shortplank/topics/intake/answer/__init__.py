"""What the topic says: answers to its page's questions."""
