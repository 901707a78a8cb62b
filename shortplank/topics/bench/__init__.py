"""自助查询: statements of an analyst's own over an edition's relations."""
