"""A file that is what it should be and lacks what is wanted."""


class Unfit(Exception):
    """The file lacks what is wanted: what, and a remedy."""
