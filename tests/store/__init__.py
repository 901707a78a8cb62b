"""The store: editions, marts, questions, banding."""
