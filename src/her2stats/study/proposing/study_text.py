"""A proposal as the text of a study file, with comments that say how every word is read and what is left to do."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from her2stats.reading.clinical.columns import OPEN
from her2stats.reading.clinical.ids import form_that_joins
from her2stats.study.proposing.expression_look import ExpressionLook
from her2stats.study.proposing.headings import RECOGNISABLE
from her2stats.study.proposing.proposal import Proposal
from her2stats.study.proposing.recognition import Recognised, arm_columns, named_like
from her2stats.vocabulary.variables import accepted
from her2stats.vocabulary.words import quoted
from her2stats.writing import refuse_to_replace, write_whole

FILES = ("annotation", "gene_lengths")  # settings that are paths
AT = 35  # column in which a comment beside a setting begins
UNCONFIRMED = "# The scale is never guessed. If this is so, take the # away from the lines below; else correct them."


def write_proposal(proposal: Proposal, output: Path) -> None:
    """Write the study file; one that is there is not replaced.

    Raises OutputError when the study file exists, or cannot be written.
    """
    refuse_to_replace(output)
    write_whole(output, study_text(proposal, output))


def study_text(proposal: Proposal, output: Path) -> str:
    """Text of the study file, with paths relative to its folder."""
    parts = (_study_lines(proposal, output), _cohort_lines(proposal, output), _score_lines(proposal, output))
    return "".join(f"{line}\n" for part in parts for line in part)


def cohort_text(proposal: Proposal, output: Path) -> str:
    """Text of the cohort alone."""
    return "".join(f"{line}\n" for line in _cohort_lines(proposal, output))


def _study_lines(proposal: Proposal, output: Path) -> Iterator[str]:
    look = proposal.expression
    yield from ("[study]", f"title = {quoted(f'Study of {proposal.name}')}", 'results = "results"', "seed = 1")
    paths = (proposal.clinical, proposal.patients, look.path if look is not None else None, proposal.signature)
    if any(path is not None and not path.resolve().is_relative_to(output.resolve().parent) for path in paths):
        yield _beside("outside_paths = true", "the data lie outside this file's folder")
    yield ""


def _cohort_lines(proposal: Proposal, output: Path) -> Iterator[str]:
    yield from ("[[cohorts]]", f"name = {quoted(proposal.name)}")
    if proposal.expression is not None:
        yield from _expression_lines(proposal.expression, output, confirmed=proposal.scale_confirmed)
        for name, value in proposal.reading.items():  # JSON's values are valid in TOML
            written = _relative(Path(value), output) if name in FILES else value
            yield f"{name} = {json.dumps(written, ensure_ascii=False)}"
    yield f"clinical = {quoted_path(proposal.clinical, output)}"
    if proposal.header_row is not None:
        yield _beside(f"clinical_header_row = {proposal.header_row}", "line of the names")
    if proposal.patients is not None:
        yield f"patients = {quoted_path(proposal.patients, output)}"
    yield from _mismatch_lines(proposal)
    if proposal.decimal != ".":
        yield _beside(f"clinical_decimal = {quoted(proposal.decimal)}", "numbers are written with a decimal comma")
    yield _beside("[cohorts.columns]", "variable = column of the clinical table")
    yield f"sample = {quoted(proposal.sample)}"
    for item in proposal.found:
        yield from (f"{item.variable} = {quoted(item.column)}", f"#   {_one_line(item.words())}")
    yield from _absent_lines(proposal)
    yield from (f"# not used: {_one_line(line)}" for line in proposal.unused())
    for item in proposal.found:
        yield from _translation_lines(item, proposal.translations.get(item.variable, {}))
    for column, words in arm_columns(proposal.columns).items():
        yield _beside("# [cohorts.where]", "to keep some patients only, one word or a list of words:")
        yield from (f"# {quoted(column)} = {quoted(words[0])}", f"#   {_one_line(', '.join(map(repr, words)))}")


def _mismatch_lines(proposal: Proposal) -> Iterator[str]:
    """Offer the form that joins the ids of the two files, else to leave out what only one has; the user decides."""
    look, ids = proposal.expression, proposal.columns[proposal.sample]
    alone = 0 if look is None else len({*look.samples} ^ {*ids})
    if look is None or not alone:
        return
    form, pairs = form_that_joins([*({*ids} - {*look.samples})], [*({*look.samples} - {*ids})])
    if form is not None:
        yield _beside(f'# sample_id = "{form}"', f"{len(pairs)} ids of the two files then meet")
    elif proposal.shared:
        yield _beside('# on_mismatch = "intersect"', f"{alone} samples are in one file only: this leaves them out")


def _expression_lines(look: ExpressionLook, output: Path, *, confirmed: bool) -> Iterator[str]:
    yield f"expression = {quoted_path(look.path, output)}"
    yield f"# looks like {look.scale_words}: {look.evidence}"
    if not confirmed:
        yield UNCONFIRMED
    mark = "" if confirmed else "# "
    others = [f'"{word}"' for word in look.floors if word != look.scale] if not confirmed else []
    setting = f'{mark}scale = "{look.scale}"'
    yield _beside(setting, f"or {' or '.join(others)}: the numbers do not tell the base") if others else setting
    if look.offset:
        yield _beside(f"{mark}offset = {look.offset:g}", f"values are {look.scale}(x + offset)")
    if look.normalise:
        yield _beside(f'{mark}normalise = "{look.normalise}"', "counts per million of each sample's total")


def _absent_lines(proposal: Proposal) -> Iterator[str]:
    """Variables without a column; one whose name is there but whose words are not understood is shown."""
    for variable in RECOGNISABLE:
        if variable in {item.variable for item in proposal.found}:
            continue
        unused = proposal.unused_columns()
        named = [column for column in named_like(variable, proposal.columns, least=0.0) if column in unused]
        if named:
            yield _beside(f"# {variable} = {quoted(named[0])}", _one_line(unused[named[0]]))
        else:
            yield f'# {variable} = "..."'


def _translation_lines(item: Recognised, said: Mapping[str, str]) -> Iterator[str]:
    """Words that the vocabulary does not know, each with its meaning: read so by us, said by the user, or missing."""
    read = item.beyond_vocabulary()
    if not read and not item.unknown:
        return
    into = "the right number" if item.is_number else ", ".join(accepted(item.variable))
    yield _beside(f"[cohorts.values.{item.variable}]", f"translate into {into}")
    yield from (f"{quoted(word)} = {quoted(meaning)}" for word, meaning in read.items())
    for word in item.unknown:
        meaning = said.get(word, OPEN if item.is_open else "")
        setting = f"{quoted(word)} = {quoted(meaning)}"
        if meaning == OPEN:
            yield _beside(setting, 'one of them, or "" for missing')
            continue
        yield setting if meaning else _beside(setting, '"" is missing')


def _score_lines(proposal: Proposal, output: Path) -> Iterator[str]:
    if proposal.expression is None:
        return
    yield from ("", "[scores]", _beside('exposure = "ERBB2"', "a gene, or a signature file"))
    has_it = "ESR1" in proposal.expression.names
    yield from ('also = ["ESR1"]' if has_it else _beside("also = []", "further genes; ESR1 is not among them here"), "")
    if proposal.signature is not None:
        yield from ("[deconvolution]", f"signature = {quoted_path(proposal.signature, output)}")
    else:
        yield _beside("# [deconvolution]", "cell fractions need a signature matrix")
        yield _beside('# signature = "LM22.txt"', "your own copy")


def _beside(setting: str, comment: str) -> str:
    return f"{setting.ljust(AT - 1)} # {comment}"


def _one_line(words: str) -> str:
    """Keep a comment a comment, whatever a cell of the user's file holds."""
    return " ".join(words.split())


def quoted_path(path: Path, output: Path) -> str:
    """A path as the study file writes it: from its own folder."""
    return quoted(_relative(path, output))


def _relative(path: Path, output: Path) -> str:
    return Path(os.path.relpath(path.resolve(), output.resolve().parent)).as_posix()
