"""Results into the tables that journals print, and into a workbook with numbers as numbers."""

from her2stats.tables.effects import table_effects
from her2stats.tables.export import save_table
from her2stats.tables.great_table import to_great_table
from her2stats.tables.html import table_html
from her2stats.tables.latex import table_latex
from her2stats.tables.patients import table_one
from her2stats.tables.printed import PrintedTable
from her2stats.tables.response import table_response
from her2stats.tables.word import Words, word_document
from her2stats.tables.workbook import save_workbook
from her2stats.vocabulary.numbers import format_estimate, format_p

__all__ = [
    "PrintedTable",
    "Words",
    "format_estimate",
    "format_p",
    "save_table",
    "save_workbook",
    "table_effects",
    "table_html",
    "table_latex",
    "table_one",
    "table_response",
    "to_great_table",
    "word_document",
]
