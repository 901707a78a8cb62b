"""What a spreadsheet file says, read in a process of its own that may die without harm.

The modules here rest on nothing but the standard library and calamine, so that the process starts
in a moment and can be held to little memory: `child` is that process, `package` the parts of an
.xlsx file, `styles` its number formats, `cells` its cells in one pass, `beside` the texts that
stand beside them, `xlsx` a whole workbook; `xls` and `compound` are the older format.
"""
