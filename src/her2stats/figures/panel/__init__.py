"""What figures of rows are made of: places, axes, marks, heads and legends, measured in millimetres."""
