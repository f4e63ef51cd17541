"""Foreign formats taken apart, each in one file, for a process of its own: see `her2stats.parsers.__main__`.

Nothing here is imported by the process that asks, so nothing of the package is imported here: it has to start at once.
"""
