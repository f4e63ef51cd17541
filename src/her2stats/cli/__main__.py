"""``python -m her2stats.cli``."""

from her2stats.cli import main

main()
