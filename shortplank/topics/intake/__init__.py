"""数据上报: workbooks in, editions out."""
