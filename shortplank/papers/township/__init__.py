"""One full A4 page for each township: all in one file, or one by one."""

from shortplank.papers.township.document import township_docx, township_files, townships_docx

__all__ = ["township_docx", "township_files", "townships_docx"]
