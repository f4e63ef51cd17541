"""Foreign formats taken apart, each in one file, in a process of its own: see `her2stats.parsers.__main__`.

It has to start at once: nothing here imports the rest of the package.
"""
