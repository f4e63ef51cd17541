"""Names of columns that hold something about genes instead of a sample; and matrices that come from memory."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from her2stats.errors import Problem, TableError

_DESCRIBING = """
entrezgeneid entrezid entrez geneid ncbigeneid ensemblid ensemblgeneid ensembl ensg hugosymbol hgncsymbol hgncid
genename genesymbol genesymbols symbol genetype geneshortname genebiotype biotype genedescription description
transcriptid transcripttype refseq locus chr chrom chromosome seqname seqnames start end strand cytoband band position
length effectivelength genelength exonlength basepairs gccontent probe probeid idref mean average averageexpression
median sd stdev stddev variance var sum total rowmean rowmeans rowsum rowsums basemean aveexpr pvalue adjpval logfc
ncbiid ncbigene locusid uniprotid startposition endposition genestart geneend width transcriptlength exoniclength
efflength txlength gc genegc min max minimum maximum avg std cv rank index rownames unnamed:0 log2foldchange lfcse stat
padj fdr logcpm bundleid
ncbigeneid genegccontent cdslength exoncount geneversion iqr mad cromosoma kromosom chromosomename hgncname synonyms
lunghezza inizio filamento longueur longitud entrezgeneaccession externalgenename
"""
DESCRIBING = frozenset(_DESCRIBING.split())
# What a row adds up to, in some languages: "Media", "Mean_all", "Totale".
SUMMARY = re.compile(
    r"(row[ _.]?)?(means?|medians?|averages?|avg|media(na)?|promedio|moyenne|mittelwert|durchschnitt|somma|summe"
    r"|totale?|gesamt)"
    r"([ _.-](all|tutti|alle|total|expr(ession)?|log2|tpm|fpkm|rpkm|cpm|counts?|generale?))*",
    re.I,
)
# What array software writes of each sample beside its signal.
BESIDE_A_SIGNAL = re.compile(
    r"(.*[ ._-])?(detection([ ._-]*(p[ ._-]*val(ue)?|call))?|abs_?call|bead_?std(err|ev)|avg_?nbeads)", re.I
)


def describes_genes(name: str) -> bool:
    """Whether a column of this name holds something about genes instead of a sample."""
    plain = re.sub(r"\([^)]*\)|[\s._%-]", "", name).lower()
    return plain in DESCRIBING or SUMMARY.fullmatch(name) is not None or BESIDE_A_SIGNAL.fullmatch(name) is not None


def genes_by_samples(expression: Any) -> Any:
    """An AnnData as a frame of genes x samples, by its X; a frame as it is, and whatever else somebody gives.

    Raises TableError where columns describe genes: scored or deconvolved as tumours they would shift all others.
    """
    if hasattr(expression, "write_h5ad"):
        values = expression.X.toarray() if hasattr(expression.X, "toarray") else np.asarray(expression.X)
        expression = pd.DataFrame(values.T, index=[*expression.var_names], columns=[*expression.obs_names])
    columns = expression.columns if isinstance(expression, pd.DataFrame) else ()
    if odd := [column for column in columns if isinstance(column, str) and describes_genes(column)]:
        what = f"{len(odd)} columns describe genes and are no samples: {', '.join(odd[:8])}"
        raise TableError(Problem(what, "expression", f"leave them out: expression.drop(columns={odd[:8]})"))
    return expression
