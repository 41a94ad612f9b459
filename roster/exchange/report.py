"""What became of an import: counts and every error, with its line and column."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class CellError:
    """One thing wrong in a file; line and column are None where the whole file or row is meant.

    `line` is the physical line on which the row begins, the header being 1.
    """

    line: int | None
    column: str | None
    message: str
    value: str = ""
    """What the cell says, where the message is about a cell."""

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                f"line {self.line}" if self.line else "",
                self.column or "",
            )
            if part
        )
        return f"{place}: {self.message}" if place else self.message


_JSON = ("model", "rows", "new", "changed", "unchanged", "conflicts", "errors", "changeset")
_JSON_OF_AN_ERROR = ("line", "column", "message")
"""The keys of the JSON are a contract; the rest is for people."""


@dataclass
class Report:
    """The outcome of importing one file. `changeset` is a position, None if nothing was written."""

    model: str
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    conflicts: int = 0
    errors: list[CellError] = field(default_factory=list)
    changeset: int | None = None
    cited: int = 0
    """Citations that its rows bring."""
    stale: int = 0
    """Citations that its rows leave stale."""
    alike: int = 0
    """New officials whose name is nearly that of another; looked for in a preview alone."""

    @property
    def ok(self) -> bool:
        return not self.errors and not self.conflicts

    def as_json(self) -> dict[str, object]:
        """The object that `import_csv --json` prints."""
        errors = [{key: getattr(error, key) for key in _JSON_OF_AN_ERROR} for error in self.errors]
        return {key: getattr(self, key) for key in _JSON} | {"errors": errors}


class Refused(Exception):
    """An import that wrote nothing, with the report that says why."""

    def __init__(self, report: Report) -> None:
        super().__init__(f"{report.model}: {len(report.errors)} errors, nothing was written.")
        self.report = report
