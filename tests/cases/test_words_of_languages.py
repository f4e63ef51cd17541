"""Words of clinical tables in the languages that people write: receptors, IHC, response, grade, tissue, nothing."""

from __future__ import annotations

import unicodedata

import pandas as pd
import pytest

from her2stats.errors import InputError, SampleError
from her2stats.reading import read_clinical
from her2stats.study.proposing.receptors import dropped
from her2stats.study.proposing.recognition import recognise


def table(**columns):
    """Six tumours; a column is given by its words in turn."""
    given = {"er": ["positive", "negative"], "her2_ihc": ["0", "1+"], **columns}
    return pd.DataFrame(
        {"sample": [f"s{place}" for place in range(6)], **{name: (words * 6)[:6] for name, words in given.items()}}
    )


def read(variable, words, **options):
    values = read_clinical(table(**{variable: words}), population="all", **options).table[variable]
    return values.astype(object).where(values.notna(), None).tolist()[: len(words)]


@pytest.mark.parametrize(
    "words",
    [
        ["positif", "négatif"], ["Positive", "Négative"], ["pos", "nég"], ["oui", "non"], ["positiv", "negativ"],
        ["ja", "nein"], ["positivo", "negativo"], ["sí", "no"], ["sì", "no"], ["sim", "não"], ["positief", "negatief"],
        ["positive (+)", "negative (-)"], ["1 positive", "0 negative"], ["RE+", "RE-"], ["er positiv", "er négatif"],
        ["exprimé", "non exprimé"], ["exprimiert", "nicht exprimiert"], ["nachweisbar", "nicht nachweisbar"],
        ["vorhanden", "nicht vorhanden"], ["presente", "assente"], ["faiblement positif", "négatif"],
        ["stark positiv", "negativ"], ["positività", "negatività"], ["positivité", "négativité"],
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_receptors(words, form):
    words = [unicodedata.normalize(form, word).replace("nég", unicodedata.normalize(form, "nég")) for word in words]
    assert read("er", words) == ["positive", "negative"]


@pytest.mark.parametrize(
    "word", ["'--", "inconnu", "Non évalué", "unbekannt", "k.A.", "nicht durchgeführt", "desconocido", "onbekend"]
)
def test_nothing_is_known(word):
    assert read("er", ["positive", word]) == ["positive", None]


@pytest.mark.parametrize(
    "words",
    [
        ["oui", "non"], ["réponse complète", "maladie résiduelle"], ["pCR", "keine pCR"], ["sí", "no"],
        ["respuesta completa", "enfermedad residual"], ["Komplettremission", "Resttumor"],
        ["risposta completa", "malattia residua"], ["pathological complete response", "residual disease"],
    ],
)  # fmt: skip
def test_response(words):
    assert read("pcr", words) == [1.0, 0.0]


@pytest.mark.parametrize(
    "words",
    [
        ["score 0", "score 1", "score 2"], ["0/3", "1/3", "2/3"], ["IHC: 0", "IHC: 1+", "IHC: 2+"],
        ["négatif (0)", "faible (1+)", "modéré (2+)"], ["0", "1+ schwach", "2+ mäßig"],
        ["0 (negativ)", "1+ (negativ)", "2+ (fraglich)"], ["0 negativo", "1+ negativo", "2+ dubbio"],
        ["HER2-Score 0", "HER2-Score 1+", "HER2-Score 2+"], ["DAKO-Score 0", "DAKO-Score 1", "DAKO-Score 2+"],
        ["0 croix", "1 croix", "2 croix"], ["0", "1 (+)", "2 (++)"], ["absence de marquage", "1+", "2+"],
        ["keine Färbung", "1+", "grenzwertig (2+)"], ["negativ (0)", "schwach (1+)", "mäßig (2+)"],
        ["negativo (0)", "debole (1+)", "moderato (2+)"], ["negative (0)", "negative (1+)", "equivocal (2+)"],
        ["0 (negative)", "1+ (negative)", "2+ (equivocal)"], ["0", "1+", "2+ (FISH nicht amplifiziert)"],
        ["0", "1+", "2+ (FISH no amplificado)"], ["0", "1+", "2+ ISH non amplifié"], ["HER2 0", "HER2 1+", "HER2 2+"],
    ],
)  # fmt: skip
def test_levels_of_her2(words):
    """The level that a cell names twice, in words too, is one level and no second test: nobody drops out by it."""
    found = read_clinical(table(her2_ihc=words)).table
    assert found["her2_ihc"].astype(str).tolist() == ["0", "1+", "2+"] * 2
    assert "her2_status" not in found


@pytest.mark.parametrize("words", [["weak (2+)", "0"], ["strong (1+)", "0"], ["equivocal", "0"], ["grenzwertig", "0"]])
def test_words_that_contradict_a_level_or_stand_for_none_are_asked(words):
    with pytest.raises(InputError, match="is not understood for her2_ihc"):
        read("her2_ihc", words)


@pytest.mark.parametrize(
    "words",
    [
        ["bien différencié", "moyennement différencié", "peu différencié"], ["EE I", "EE II", "EE III"],
        ["gut differenziert", "mäßig differenziert", "schlecht differenziert"], ["SBR 1", "SBR 2", "SBR 3"],
        ["bien diferenciado", "moderadamente diferenciado", "pobremente diferenciado"],
    ],
)  # fmt: skip
def test_grades(words):
    assert read("grade", words) == ["I", "II", "III"]


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("Type", ["tumeur", "tissu sain"]), ("Type", ["Tumorgewebe", "gesundes Gewebe"]), ("class", ["T", "N"]),
        ("Type", ["tumoral", "no tumoral"]), ("condition", ["carcinoma", "parenchima mammario adiacente"]),
        ("disease state", ["Cancer", "Control"]), ("Gewebeart", ["tumor", "normal"]), ("tissu", ["tumeur", "normal"]),
        ("tipo_muestra", ["tumor", "sano"]), ("Type", ["primary", "metastatic"]),
        ("tissue:ch1", ["tumor", "normal breast"]), ("Sample source", ["surgery", "PDX"]),
        ("Type", ["tumour", "organoid"]),
        ("remarks", ["frozen", "patient-derived xenograft"]), ("material", ["tumore", "linea cellulare"]),
        ("notes", ["ok", "Zelllinie"]), ("cohort", ["clinic", "SK-BR-3"]), ("origine", ["hopital", "xénogreffe"]),
        ("organism_ch1", ["Homo sapiens", "Mus musculus"]), ("remarks", ["", "PDX-derived tumour (passage 3)"]),
        ("comment", ["biopsy", "MCF7 cells"]),
        ("sample_type", ["tumor", "blood"]), ("sample_type_code", ["1", "11"]), ("tissue_type", ["biopsy", "PDX"]),
        ("histology", ["IDC", "ILC", "mucinous", "normal breast"]), ("tessuto", ["tumore", "sano"]),
    ],
)  # fmt: skip
def test_tissue_that_is_no_primary_tumour(column, words):
    with pytest.raises(SampleError, match="holds more than primary tumours") as told:
        read_clinical(table(**{column: words}))
    assert f'"{column}" = ["{words[0]}"' in str(told.value)
    kept = [word for word in words if f'"{word}"' in str(told.value)]
    assert 0 < len(read_clinical(table(**{column: words}), where={column: kept}).table) < 6
    assert len(read_clinical(table(**{column: words}), where={column: words}).table) == 6


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("BMI", ["normal", "overweight", "obese"]), ("subtype", ["Normal-like", "Basal"]), ("visit", ["1", "11"]),
        ("PAM50", ["NormalBreastLike", "LumA"]), ("new event", ["Distant metastasis", "New primary tumor"]),
        ("tumor status", ["no tumor", "with tumor"]), ("LVEF", ["normal", "reduced"]), ("arm", ["control", "drug"]),
        ("remarks", ["PDX available", "cell line established"]),
        ("remarks", ["no organoid", "organoid could not be grown from this sample"]), ("PDX", ["yes", "no"]),
        ("histology", ["ductal carcinoma", "lobular carcinoma"]), ("recurrence", ["no", "recurrence"]),
    ],
)  # fmt: skip
def test_columns_that_tell_no_tissue(column, words):
    assert len(read_clinical(table(**{column: words})).table) == 6


def test_a_table_of_models_only_holds_no_tumours():
    with pytest.raises(SampleError, match="holds more than primary tumours: 'PDX' 6 -> only to keep"):
        read_clinical(table(**{"Sample source": ["PDX"]}))
    assert len(read_clinical(table(site=["metastasis"])).table) == 6, "a cohort of metastases is one"


def test_ages_that_are_counted_backwards():
    with pytest.raises(InputError, match="years counted backwards -> write them without the minus sign"):
        read("age", ["-50", "-61"])


def test_one_choice_of_several_in_redcap_is_asked():
    """Under er___2 a 1 says that the second choice is ticked, whichever that is."""
    codes = table().rename(columns={"er": "er___2"}).assign(er___2=["1", "0"] * 3)
    with pytest.raises(InputError, match="'1' means more than one thing for er in a column of this name"):
        read_clinical(codes, columns={"er": "er___2"})
    meant = {"er": {"1": "negative", "0": "positive"}}
    assert (
        read_clinical(codes, columns={"er": "er___2"}, values=meant).table["er"].tolist()
        == ["negative", "positive"] * 3
    )


@pytest.mark.parametrize(
    ("headings", "words"),
    [
        ("RE;RP;HER2 IHC;Âge au diagnostic;Grade SBR", "positif;négatif;1+;51;II"),
        ("statut RE;statut RP;score IHC HER2;âge (années);grade EE", "positif;négatif;1+;51;II"),
        ("Récepteurs hormonaux : RE;Récepteurs hormonaux : RP;Score HER2;Âge;Grade", "positif;négatif;1+;51;II"),
        ("RO;RPg;HER2 immunohistochimie;age;grade (SBR)", "positif;négatif;1+;51;II"),
        ("ÖR;PgR;HER2 DAKO;Lebensalter;Tumorgrad", "positiv;negativ;1+;51;II"),
        ("Östrogenrezeptorstatus;Progesteron-Rezeptor;HER2/neu-Score;Alter (Jahre);Grad", "positiv;negativ;1+;51;II"),
        ("ER-Status;PR-Status;Her-2/neu (IHC);Alter bei Diagnose;Differenzierungsgrad", "positiv;negativ;1+;51;II"),
        ("Récepteurs aux œstrogènes;Récepteurs de la progestérone;HER2 IHC;Âge;Grade", "positif;négatif;1+;51;II"),
        ("Östrogenrezeptor;Progesteronrezeptor;HER2 IHC;Alter bei Diagnose;Grading", "positiv;negativ;1+;51;II"),
        ("Receptores de estrógeno;Receptores de progesterona;HER2 IHQ;Edad;Grado", "positivo;negativo;1+;51;II"),
        ("Recettori estrogeni;Recettori progesterone;HER2 IHC;Età;Grado", "positivo;negativo;1+;51;II"),
    ],
)
def test_headings_are_recognised(headings, words):
    columns = {heading: [word, word] for heading, word in zip(headings.split(";"), words.split(";"), strict=True)}
    found = {item.variable: item.column for item in recognise(columns)}
    assert found == dict(zip(["er", "pgr", "her2_ihc", "age", "grade"], columns, strict=True))


@pytest.mark.parametrize("heading", ["Östrogenrezeptor IRS", "RE Allred", "Receptores de estrógeno (H-score)"])
def test_a_receptor_that_is_not_read_is_told(heading):
    columns = {"id": ["a", "b"], heading: ["8", "2"]}
    found = recognise({heading: columns[heading]})
    assert heading in dropped(columns, "id", found) or all(item.is_open for item in found if item.column == heading)
    assert found or dropped(columns, "id", found)
