"""Sheets in their cells: the join with agency and group, and the names, that most questions about sheets begin with."""

from __future__ import annotations

from collector.store.schema import agency, cell, layout, respondent_group, sheet

SHEETS_IN_CELLS = (
    sheet.join(cell, cell.c.id == sheet.c.cell)
    .join(agency, agency.c.id == cell.c.agency)
    .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
)
CELL_NAMES = (agency.c.code.label("agency"), respondent_group.c.code.label("group"))
# Of a query that joins the sheet's layout too
SHEET_NAMES = (sheet.c.serial, sheet.c.number, *CELL_NAMES, layout.c.code.label("layout"))
