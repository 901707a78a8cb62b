"""The product's topics, a folder each: answer, figure, page and paper of one topic stand together."""
