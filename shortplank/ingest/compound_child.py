"""Run as a process of its own: an .xls file on stdin to its sheets' cells as JSON on stdout.

calamine trusts the sizes that a compound file names and aborts the whole process where they are
absurd; here only this process dies, under a limit of memory and time.
"""

from __future__ import annotations

import io
import json
import resource
import sys

MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 20


def main() -> int:
    """Write the sheets and return 0; 3: a password, 4: too large, 5: no workbook."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import python_calamine as calamine

    limit = int(sys.argv[1])
    sheets = []
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read())) as book:
            for about in book.sheets_metadata:
                if about.typ != calamine.SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(about.name)
                if sheet.total_height * sheet.total_width > limit:
                    return 4
                visible = about.visible == calamine.SheetVisibleEnum.Visible
                cells = sheet.to_python(skip_empty_area=False)
                merges = sheet.merged_cell_ranges or []
                sheets.append([about.name, visible, cells, merges])
    except calamine.PasswordError:
        return 3
    except Exception:
        return 5
    text = json.dumps(sheets, ensure_ascii=True, default=str)
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
