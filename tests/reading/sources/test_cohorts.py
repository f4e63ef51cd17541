"""Cohorts from GEO: the clinical data of series matrices, and study files that are ready to run."""

from __future__ import annotations

import gzip
import shutil
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import FileError
from her2stats.reading.sources import clinical_of_series, fetch, registry, study_template

from .conftest import FileServer

HEAD = '!Series_title\t"A series"\n!Series_sample_id\t"GSM1 GSM2 "\n\n'
TAIL = '!series_matrix_table_begin\n"ID_REF"\t"GSM1"\n!series_matrix_table_end\n'


def _series(samples: pd.DataFrame, platform: str) -> bytes:
    """A series matrix whose samples lack the cells of characteristics that are empty, as GEO writes them."""
    cells = [[f"{key}: {value}" for key, value in row.items() if value != ""] for _, row in samples.iterrows()]
    depth = max(map(len, cells))
    lines = [
        ["!Sample_title", *samples.index],
        ["!Sample_geo_accession", *(f"GSM{number}" for number in range(len(samples)))],
        ["!Sample_platform_id", *[platform] * len(samples)],
        *(["!Sample_characteristics_ch1", *(c[k] if k < len(c) else "" for c in cells)] for k in range(depth)),
    ]
    text = HEAD + "".join("\t".join([key, *(f'"{cell}"' for cell in rest)]) + "\n" for key, *rest in lines) + TAIL
    return gzip.compress(text.encode(), mtime=0)


def _csv(expression: pd.DataFrame) -> bytes:
    return gzip.compress(expression.to_csv(lineterminator="\n").encode(), compresslevel=1, mtime=0)


def test_characteristics_are_found_by_name_also_where_cells_have_moved(tmp_path: Path) -> None:
    samples = pd.DataFrame(
        {"er status": ["1", "", "0"], "tumor size": ["21", "14", "NA"], "note": ["a: b", "", "x\ty"]},
        index=["F1", "F2", "F2repl"],
    )
    samples.loc["F2repl", "note"] = "plain"
    path = tmp_path / "x_series_matrix.txt.gz"
    path.write_bytes(_series(samples, "GPL1"))
    table = clinical_of_series([path])
    assert table["title"].tolist() == ["F1", "F2", "F2repl"]
    assert table["er status"].tolist() == ["1", "", "0"]
    assert table["tumor size"].tolist() == ["21", "14", ""]
    assert table["note"].tolist() == ["a: b", "", "plain"]
    assert table["replicate"].tolist() == ["no", "no", "yes"]
    assert table["platform"].tolist() == ["GPL1"] * 3


def test_a_characteristic_that_is_given_twice_keeps_both(tmp_path: Path) -> None:
    path = tmp_path / "x_series_matrix.txt"
    row = '!Sample_characteristics_ch1\t"grade: 1"\n'
    path.write_text(HEAD + '!Sample_title\t"A"\n' + row + row.replace("1", "2", 2).replace("ch2", "ch1") + TAIL)
    assert clinical_of_series([path])[["grade", "grade 2"]].values.tolist() == [["1", "2"]]


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"\x1f\x8b\x08\x00broken", gzip.compress(b"!Sample_x\t1\n" * 999, mtime=0)[:60]]
)
def test_a_damaged_series_matrix_is_our_own_error(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x_series_matrix.txt.gz"
    path.write_bytes(content)
    with pytest.raises(FileError, match="series_matrix"):
        clinical_of_series([path])


@pytest.mark.parametrize("name", ["abim", "scanb"])
def test_study_files_name_what_is_fetched(name: str) -> None:
    source, study = registry()[name], tomllib.loads(study_template(name))
    (cohort,) = study["cohorts"]
    assert cohort["expression"] == source.files[0].name
    assert cohort["clinical"] == source.clinical
    assert study["deconvolution"]["signature"] == "LM22.txt"


def test_a_signature_matrix_has_no_study_file() -> None:
    with pytest.raises(FileError, match="til10 is a signature matrix and has no study file"):
        study_template("TIL10")


def _serve_scanb(server: FileServer, shared: Path) -> pd.DataFrame:
    """SCAN-B as GEO holds it, from the real subset: two platforms, one replicate, genes enough for scores."""
    clinical = pd.read_csv(shared / "scanb400" / "clinical.tsv", sep="\t", dtype=str, keep_default_na=False)
    samples = pd.DataFrame(
        {
            "age at diagnosis": clinical["age_at_diagnosis"],
            "tumor size": "NA",
            "er status": clinical["er_status"],
            "pgr status": clinical["pgr_status"],
            "her2 status": clinical["her2_status"],
            "nhg": clinical["nhg"],
            "pam50 subtype": clinical["pam50_subtype"],
        }
    ).set_index(pd.Index(clinical["title"]))
    replicate = samples.iloc[[0]].rename(index=lambda title: f"{title}repl")
    expression = pd.read_csv(shared / "scanb400" / "expr_log2fpkm.tsv.gz", sep="\t", index_col=0).iloc[::5]
    copied = expression[[samples.index[0]]].set_axis(replicate.index, axis=1)
    expression = pd.concat([expression, copied], axis=1)
    names = [file.name for file in registry()["scanb"].files]
    server.files[names[0]] = _csv(expression)
    server.files[names[1]] = _series(samples.iloc[:300], "GPL11154")
    server.files[names[2]] = _series(pd.concat([samples.iloc[300:], replicate]), "GPL18573")
    return samples


def test_scanb_comes_with_a_clinical_table_and_a_study_file_that_can_run(
    server: FileServer, shared: Path, tmp_path: Path
) -> None:
    from her2stats.reading import read_cohort
    from her2stats.study.study_file import read_study

    samples = _serve_scanb(server, shared)
    paths = fetch("SCAN-B", cache=tmp_path, base_url=server.url)
    assert [path.name for path in paths][-2:] == ["GSE96058_clinical.tsv", "scanb.toml"]
    clinical = pd.read_csv(paths[-2], sep="\t", dtype=str, keep_default_na=False)
    assert len(clinical) == 401
    assert clinical["replicate"].value_counts().to_dict() == {"no": 400, "yes": 1}
    pd.testing.assert_series_equal(
        clinical.set_index("title").loc[samples.index, "er status"], samples["er status"], check_names=False
    )
    shutil.copy(shared / "signatures" / "LM22.txt", paths[-1].parent)
    section = read_study(paths[-1]).cohorts[0]
    cohort = read_cohort(
        paths[0],
        paths[-2],
        name=section.name,
        scale="log2",
        offset=section.offset,
        columns=section.columns,
        where=section.where,
        on_mismatch=section.on_mismatch,
    )
    assert len(cohort.clinical) == 343
    # the real subset has 279 ER-positive among its 343 HER2-negative tumours; PgR adds to the HR-positive ones
    assert (cohort.clinical["hr"] == "positive").sum() >= 279
    assert not any(str(name).endswith("repl") for name in cohort.clinical.index)


def test_abim_comes_with_a_clinical_table_and_a_study_file_that_can_run(server: FileServer, tmp_path: Path) -> None:
    from her2stats.reading import read_cohort

    rng = np.random.default_rng(5)
    titles = [f"S{number:03d}" for number in range(40)]
    ihc = rng.choice(["0", "1", "2", "3"], 40)
    samples = pd.DataFrame(
        {
            "er consensus": rng.choice(list("0123"), 40),
            "pgr consensus": rng.choice(list("0123"), 40),
            "her2 consensus": np.where(ihc == "3", "1", "0"),
            "her2 ihc clinreading": ihc,
            "nhg consensus": rng.choice(["1", "2", "3"], 40),
            "ki67 consensus": rng.choice(["10.0", "55.0"], 40),
            "pam50 subtype": rng.choice(["LumA", "LumB", "Basal", "Her2", "Normal"], 40),
        },
        index=titles,
    )
    genes = [*(f"GENE{k}" for k in range(198)), "ERBB2", "ESR1"]
    values = (rng.normal(3, 2, (200, 1)) + rng.normal(0, 0.5, (200, 40))).clip(-3.3, None)
    expression = pd.DataFrame(values, genes, titles)
    names = [file.name for file in registry()["abim"].files]
    key = b"PK\x03\x04 the key to the codes"
    server.files |= dict(zip(names, [_csv(expression), _series(samples, "GPL11154"), key], strict=True))
    paths = fetch("GSE81538", cache=tmp_path, base_url=server.url)
    section = tomllib.loads(paths[-1].read_text())["cohorts"][0]
    kept = ("name", "scale", "offset", "columns", "values", "on_mismatch")
    cohort = read_cohort(paths[0], paths[-2], **{name: section[name] for name in kept})
    assert len(cohort.clinical) == (ihc != "3").sum()
    assert cohort.clinical["her2_ihc"].astype(str).tolist() == [f"{c}+" if c != "0" else c for c in ihc if c != "3"]


def test_a_study_file_that_somebody_has_changed_is_left_alone(server: FileServer, shared: Path, tmp_path: Path) -> None:
    _serve_scanb(server, shared)
    study = fetch("scanb", cache=tmp_path, base_url=server.url)[-1]
    study.write_text("# mine\n")
    assert fetch("scanb", cache=tmp_path, base_url=server.url)[-1].read_text() == "# mine\n"
