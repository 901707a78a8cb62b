"""The product's topics, a folder each: its answer, figure, page and paper stand together."""
