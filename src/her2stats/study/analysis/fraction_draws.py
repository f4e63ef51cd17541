"""What uncertain fractions do to the association given hormone receptor, where draws of them were made."""

from __future__ import annotations

import pandas as pd

from her2stats.deconvolution import Deconvolution
from her2stats.statistics import correlate_draws
from her2stats.statistics.specs import DrawsSpec
from her2stats.study.analysis.material import Answers, Material
from her2stats.study.study_file import Study

TABLE = "fraction_draws"


def fraction_draws(material: Material, fractions: Deconvolution | None, study: Study, answers: Answers) -> None:
    """Ask the association of the exposure with each cell type again in every draw of the signature's genes."""
    drawn = None if fractions is None else fractions.drawn
    if drawn is None:
        answers.omit(
            TABLE, "no bootstrap draws of the signature's genes were asked for ([deconvolution] bootstrap = 50)"
        )
        return
    count = drawn.index.get_level_values("draw").nunique()
    if count < 2:
        answers.omit(TABLE, "one bootstrap draw says nothing of how draws differ; 50 are usual")
        return
    parts = (drawn.loc[one, material.kept].add_suffix(f", draw {one}") for one in range(1, count + 1))
    wide = pd.concat(parts, axis=1)
    within = "hr" if material.has("hr") else None
    own = material.clinical[["hr"] * bool(within)].join(material.scores[material.exposure])
    frame = own.join(material.fractions[material.kept]).join(wide)
    found = correlate_draws(
        frame,
        material.exposure,
        material.kept,
        draws=count,
        within=within,
        cohort=material.name,
        **study.keywords(DrawsSpec, given=True),
    )
    answers.add(TABLE, [found])
