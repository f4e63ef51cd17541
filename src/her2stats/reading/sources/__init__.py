"""Public data sets: a registry with checksums, download, and what is made from them for the rest of the package."""

from her2stats.reading.sources.fetching import default_cache, fetch, list_sources, unverified
from her2stats.reading.sources.prepare import study_template
from her2stats.reading.sources.registry import find_source, registry
from her2stats.reading.sources.series_matrix import clinical_of_series

__all__ = [
    "clinical_of_series",
    "default_cache",
    "fetch",
    "find_source",
    "list_sources",
    "registry",
    "study_template",
    "unverified",
]
