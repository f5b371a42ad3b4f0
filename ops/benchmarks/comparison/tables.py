# SPDX-License-Identifier: Apache-2.0
"""Tables, as plain text for a terminal and as Markdown for the document."""

from dataclasses import dataclass, field


@dataclass
class Table:
    """A title, the heads of the columns, rows of text; notes stand below."""

    title: str
    heads: list
    rows: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    def add(self, *cells):
        if len(cells) != len(self.heads):
            raise ValueError(f"{self.title}: {len(cells)} cells (expected: {len(self.heads)})")
        self.rows.append([str(cell) for cell in cells])

    def plain(self):
        widths = [max(len(row[i]) for row in [self.heads, *self.rows]) for i in range(len(self.heads))]

        def line(cells):
            # The first column names things, the others are numbers.
            return "  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                             for i, (cell, width) in enumerate(zip(cells, widths))).rstrip()

        lines = [self.title, "", line(self.heads), line(["-" * width for width in widths])]
        lines += [line(row) for row in self.rows]
        lines += [f"  * {note}" for note in self.notes]
        return "\n".join(lines) + "\n"

    def markdown(self):
        def line(cells):
            return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

        lines = [f"### {self.title}", "", line(self.heads)]
        lines.append("| --- |" + " ---: |" * (len(self.heads) - 1))
        lines += [line(row) for row in self.rows]
        if self.notes:
            lines += [""] + [f"- {note}" for note in self.notes]
        return "\n".join(lines) + "\n"
