"""Headings of clinical files, English and Italian, and the variables that they usually announce."""

from __future__ import annotations

import re
import unicodedata

# Names under which clinical files hold a variable, English and Italian, most telling first; matched against the plain
# column name: small letters without accents, one space for every run of other signs.
COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "er": (r"er", r"er (status|stato).*", r"(status|stato) er", r"o?estrogen receptor.*", r".*recettor.* estrogen.*"),
    "pgr": (
        *(r"pg?r", r"pg?r (status|stato).*", r"(status|stato) pg?r"),
        *(r"progesterone receptor.*", r".*recettor.* progest.*"),
    ),
    "hr": (r"hr", r"hr (status|stato)", r"hormone receptor.*", r"(stato )?recettor(iale|i ormonali)( hr)?"),
    "her2_ihc": (
        *(r"her2 ?(ihc|score)( ?score)?", r".*her2.*ihc.*(score|level).*", r"ihc", r"ihc her2", r"her2 ?ihc( .*)?"),
        r"her2( neu)?",
    ),
    "her2_status": (r"her2( neu)?", r"her2 (status|stato|neu).*", r"(status|stato) her2"),
    "her2_fish": (r".*fish.*", r".*amplif.*"),
    "her2_group": (r"her2.*(group|class|categor|low|gruppo).*", r"her2.*3.*state.*"),
    "age": (r"age", r"age (at.*|years?.*)", r"eta( .*)?"),
    "size_mm": (r".*size.*mm.*", r".*(dimension|diametr).* mm"),
    "size_cm": (r".*size.*cm.*", r".*(dimension|diametr).* cm", r"(tumou?r ?)?size.*", r".*(dimension|diametr).*"),
    "grade": (r"grade", r".*grade.*", r"nhg", r"grado.*", r"grading.*", r"g"),
    "pcr": (r"pcr( .*)?", r"pathologic.*complete.*", r"risposta patologica.*"),
    "complete_response": (r"cr", r"complete response.*", r"risposta completa.*"),
    "pam50": (r"pam50", r".*pam50.*", r"(intrinsic |molecular )?sub ?type", r"sottotipo.*"),
}
PERCENT = re.compile(r".*(%|perc).*")
PERCENTAGES = {
    "er": re.compile(r"(%|perc\w*)? ?(er|o?estrogen.*|.*recettor.* estrogen.*)\b.*"),
    "pgr": re.compile(r"(%|perc\w*)? ?(pg?r|progest.*|.*recettor.* progest.*)\b.*"),
}


def plain_name(column: str) -> str:
    """A column name as the patterns see it.

    Examples
    --------
    >>> plain_name("Et\u00e0 alla diagnosi"), plain_name("HER2 (IHC)"), plain_name("PgR_%")
    ('eta alla diagnosi', 'her2 ihc', 'pgr %')
    """
    letters = unicodedata.normalize("NFKD", column.casefold())
    bare = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9%]+", " ", bare.replace("%", " % ")).strip()
