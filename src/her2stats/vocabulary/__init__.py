"""Numbers and names as a journal prints them, the same in tables, figures and the report."""
