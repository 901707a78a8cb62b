"""The meeting's workbook: a front sheet, a sheet a view with its chart, the ledger, the lists."""

from shortplank.papers.workbook.book import workbook_xlsx

__all__ = ["workbook_xlsx"]
