"""What every picture is drawn with: theme, labels, rows, tables as workbooks."""
