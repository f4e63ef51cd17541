"""The clinical variables, one entry each: reading, `init`, Table 1, questions, figures and docs know no more of them.

A new variable is a new entry. A column that a user declares under a name of his own needs none.
"""

from __future__ import annotations

from collections.abc import Mapping

from her2stats.vocabulary.entry import Cut, Plausible, Role, Variable
from her2stats.vocabulary.words import AMPLIFIED, ISH, RESULT, SIGNED, YES_NO, amplification_test, receptor, spelled

HR_LEVELS = ("negative", "positive")
IHC_LEVELS = ("0", "1+", "2+")
HER2_GROUPS = ("HER2-0", "HER2-low")
HER2_POSITIVE = "HER2-positive"
GROUP_OF_IHC = {"0": HER2_GROUPS[0], "1+": HER2_GROUPS[1], "2+": HER2_GROUPS[1], "3+": HER2_POSITIVE}
_GRADES = ("I", "II", "III")
_POSITIVE_FIRST = {"positive": "positive", "negative": "negative"}
_IHC_FORMS = ("{}", "{}+", "ihc {}+", "ihc {}", "score {}+", "+{}", "her2 {}+", "her2 ihc {}+")
# Under what else a reading of a receptor stands, most telling first; no drug against it, and no gene
_READ = r"(consensus|(clinical )?(status|stato)( .*)?|(by )?ihc( status)?|result|pre ?tr(ea)?t(ment)?|expression)"
# What a reading of IHC 0 may say beside: nothing is stained, or a few cells faintly (ASCO/CAP 2023; at most 10 %)
_OF_ZERO = spelled(
    {
        "null": "null, no staining, no stain, unstained, ihc null, her2 null, her2-null, 0 null",
        "ultralow": "ultralow, ultra-low, ultra low, her2-ultralow, her2 ultralow, her2 ultra-low, 0+, ihc 0+, >0 <1+, "
        ">0<1+, >0-<1+, >0 and <1+, 0 ultralow",
    }
)
_LOW = "her2-low, her2 low, her2low, her2=low, her2_low, low, her2 basso, basso"
_RESPONSE = spelled(
    {
        "1": "1, yes, true, si, sì, pcr, cr, complete, complete response, risposta completa, pcr+",
        "0": "0, no, false, non-pcr, non pcr, no pcr, npcr, rd, residual disease, no cr, non-cr, pcr-",
    }
)

# What stands under an age, and is none in years or days
_NO_AGES = (
    (180.0, 1320.0, "the median age is {:g}: these are months", "write years, months divided by 12"),
    (1850.0, 2100.0, "the median age is {:g}: these are years of birth", "write the age at diagnosis, in years"),
)

# In the order in which they stand in a clinical table that was read.
VARIABLES = (
    Variable(
        name="hr",
        label="Hormone receptor",
        short="HR",
        meaning="positive, negative, where the file gives it directly",
        words=receptor("hr", "hormone receptor"),
        levels=HR_LEVELS,
        headings=(r"hr", r"hr (status|stato)", r"hormone receptor.*", r"(stato )?recettor(iale|i ormonali)( hr)?"),
        after="pgr",
        level_form="{short}-{level}",
        table_one=5,
        printed=_POSITIVE_FIRST,
        always=True,
        role="factor",
    ),
    Variable(
        name="er",
        label="Estrogen receptor",
        short="ER",
        meaning="positive, negative: HR is positive if ER or PgR is",
        words=receptor("er"),
        levels=HR_LEVELS,
        headings=(
            *(r"er", r"er (status|stato).*", r"(status|stato) er", rf"er {_READ}"),
            *(rf"(breast carcinoma )?o?estrogen receptor( {_READ})?", r".*recettor.* estrogen.*"),
        ),
        percentages=r"(%|perc\w*)? ?(er|o?estrogen.*|.*recettor.* estrogen.*)\b.*",
        level_form="{short}-{level}",
        printed=_POSITIVE_FIRST,
    ),
    Variable(
        name="pgr",
        label="Progesterone receptor",
        short="PgR",
        meaning="positive, negative",
        words=receptor("pgr", "pr"),
        levels=HR_LEVELS,
        headings=(
            *(r"pg?r", r"pg?r (status|stato).*", r"(status|stato) pg?r", rf"pg?r {_READ}"),
            *(rf"(breast carcinoma )?progesterone receptor( {_READ})?", r".*recettor.* progest.*"),
        ),
        percentages=r"(%|perc\w*)? ?(pg?r|progest.*|.*recettor.* progest.*)\b.*",
        level_form="{short}-{level}",
        printed=_POSITIVE_FIRST,
    ),
    Variable(
        name="her2_status",
        label="HER2 status",
        meaning="positive, negative",
        words=receptor("her2", "her2/neu", "erbb2") | AMPLIFIED,
        levels=HR_LEVELS,
        headings=(
            *(r"her2( neu)?", r"her2 (status|stato|neu).*", r"(status|stato) her2", rf"her2 {_READ}"),
            r"lab proc(edure)? her2 neu immunohistochemistry receptor status",
        ),
        after="her2_ihc",
    ),
    Variable(
        name="her2_ihc",
        label="HER2 IHC",
        meaning="0, 1+, 2+, 3+; null and ultralow are 0; of low the group is known, not the level",
        words={
            **spelled({"0": "0, ihc 0, score 0, ihc0", "": _LOW}),
            **dict.fromkeys(_OF_ZERO, "0"),
            **{form.format(n): f"{n}+" for n in (1, 2, 3) for form in _IHC_FORMS},
            **{"+" * n: f"{n}+" for n in (1, 2, 3)},
        },
        # "equivocal" means 2+ by the guidelines, and is written for a repeat just as well
        careful=frozenset({"equivocal", "equivoco", "equivoca", "borderline", "dubbio", "dubbia", "null"}),
        levels=IHC_LEVELS,
        further="3+",
        headings=(
            *(r"her2 ?(ihc|score)( ?score)?", r".*her2.*ihc.*(score|level).*", r"ihc", r"ihc her2"),
            *(r"her2 ?ihc( .*)?", r"her2 immunohistochemistry level result", r"her2( neu)?"),
        ),
        table_one=6,
        always=True,
        role="factor",
    ),
    Variable(
        name="her2_zero",
        label="HER2 IHC 0",
        meaning="null (no staining) or ultralow (faint, at most 10 % of cells) where IHC is 0; also told by her2_ihc "
        "and her2_group",
        words=_OF_ZERO | spelled({"": "low, her2-low, 1+, 2+, 3+, positive, her2-positive"}),
        levels=("null", "ultralow"),
        headings=(r".*ultra ?low.*",),
        table_one=7,
    ),
    Variable(
        name="her2_fish",
        label="HER2 FISH",
        meaning="positive (amplified), negative",
        # "FISH: yes" may say that it was done
        words={word: value for word, value in amplification_test(*ISH).items() if word not in YES_NO},
        levels=HR_LEVELS,
        headings=(r".*fish.*", r".*amplif.*", r".*her2.* in situ hybrid.*(outcome|result|status).*"),
    ),
    Variable(
        name="her2_amplified",
        label="HER2 amplification",
        meaning="positive (amplified), negative, by another test than FISH",
        words=SIGNED | AMPLIFIED,
        levels=HR_LEVELS,
    ),
    Variable(
        name="her2_group",
        label="HER2 group",
        meaning="HER2-0 (also null or ultralow), HER2-low, HER2-positive, where the file gives it directly",
        words=dict.fromkeys(_OF_ZERO, HER2_GROUPS[0])
        | spelled(
            {
                "HER2-0": "her2-0, her2 0, her2=0, her2:0, her2_0, her20, her2-zero, her2 zero, her2zero, zero, 0",
                "HER2-low": _LOW,
                HER2_POSITIVE: "her2-positive, her2 positive, her2positive, her2+, her2 pos, positive, positivo, 3+",
            }
        ),
        careful=frozenset({"null"}),
        levels=HER2_GROUPS,
        further=HER2_POSITIVE,
        headings=(r"her2.*(group|class|categor|low|gruppo).*", r"her2.*3.*state.*"),
        level_form="{level}",
        table_one=8,
        unless="her2_ihc",
    ),
    Variable(
        name="age",
        label="Age, years",
        short="age",
        meaning="years",
        kind="number",
        unit="years",
        limits=(15.0, 110.0),
        plausible=Plausible(
            "the median age is {:g}: these are days, not years",
            "map the column as age_days",
            low=0.0,
            high=130.0,
            instead=_NO_AGES,
        ),
        headings=(r"age", r"age (at.*|years?.*)", r"eta( .*)?"),
        table_one=1,
        cut=Cut("age > 50 years", above=50),
        role="covariate",
    ),
    Variable(
        name="age_days",
        label="Age",
        meaning="days, also counted backwards (GDC's days_to_birth): they become age",
        kind="number",
        unit="days",
        limits=(15 * 365.25, 110 * 365.25),
        plausible=Plausible(
            "the median age is {:g} days: these are years, not days",
            "map the column as age",
            low=5000.0,
            instead=_NO_AGES,
        ),
        stored="age",
        divisor=365.25,
        backwards=True,
        headings=(r"days to birth", r"age.* days", r"age at .*diagnosis"),
        after="age",
    ),
    Variable(
        name="size_cm",
        label="Tumour size",
        short="size",
        meaning="cm",
        kind="number",
        unit="cm",
        limits=(0.0, 25.0),
        plausible=Plausible(
            "the median size is {:g}: these are millimetres, not centimetres", "map the column as size_mm", high=10.0
        ),
        headings=(
            *(r".*size.*cm.*", r".*(dimension|diametr).* cm"),
            *(r"(tumou?r ?)?size.*", r".*(dimension|diametr).*"),
        ),
        after="size_mm",
        table_one=2,
        classes={"≤ 2 cm": 2.0, "2–5 cm": 5.0, "> 5 cm": float("inf")},
        cut=Cut("size > 2 cm", above=2),
        role="covariate",
    ),
    Variable(
        name="size_mm",
        label="Tumour size",
        meaning="mm: they become size_cm",
        kind="number",
        unit="mm",
        limits=(0.0, 250.0),
        plausible=Plausible(
            "the median size is {:g} mm: these are centimetres, not millimetres", "map the column as size_cm", low=4.0
        ),
        stored="size_cm",
        divisor=10.0,
        headings=(r".*size.*mm.*", r".*(dimension|diametr).* mm"),
    ),
    Variable(
        name="grade",
        label="Grade",
        meaning="I, II, III",
        words={
            **{
                f"{prefix}{join}{number}": grade
                for prefix in ("", "g", "grade", "grado", "nhg", "grading", "sbr")
                for join in (("", " ", "-") if prefix else ("",))
                for grade, arabic in zip(_GRADES, "123", strict=True)
                for number in (grade.casefold(), arabic)
            },
            **spelled(
                {
                    "I": "well differentiated, ben differenziato",
                    "II": "moderately differentiated, moderatamente differenziato",
                    "III": "poorly differentiated, scarsamente differenziato",
                    "": "gx, x, grade x",
                }
            ),
        },
        levels=_GRADES,
        headings=(r"grade", r".*grade.*", r"nhg( consensus)?", r"grado.*", r"grading.*", r"g"),
        table_one=3,
        always=True,
        cut=Cut("grade III", level="III"),
    ),
    Variable(
        name="ki67",
        label="Ki-67, %",
        short="Ki-67",
        meaning="percent of stained nuclei",
        kind="number",
        unit="%",
        limits=(0.0, 100.0),
        plausible=Plausible(
            "no value is above 1: these are shares of one or codes, not percentages", "write 0 to 100", above=1.0
        ),
        # MKI67 alone is the gene: only an index of it is the stain
        headings=(
            r"ki ?67( (%|perc\w*|ihc|index|indice|score|value|valore|staining|li|labell?ing( index)?|positiv\w*))*",
            r"ki ?67 consensus",
            r"m?ki ?67 (%|perc\w*|index|indice|labell?ing index)( (%|perc\w*))?",
            r"indice (di )?proliferazione( .*)?",
        ),
        table_one=4,
    ),
    Variable(
        name="node",
        label="Nodal status",
        meaning="positive, negative",
        words=RESULT
        | spelled({"negative": "n0, n-, pn0, cn0", "positive": "n+, n1, n2, n3, pn1, pn2, pn3, cn1, cn2, cn3"}),
        levels=HR_LEVELS,
        headings=(r"(lymph ?)?nod(e|es|al)( (status|stato))?", r"(stato )?linfonodale", r"pn( status)?"),
        printed=_POSITIVE_FIRST,
        table_one=9,
    ),
    Variable(
        name="stil",
        label="Stromal TIL, %",
        short="stromal TIL",
        meaning="percent of the stroma, as a pathologist counts",
        kind="number",
        unit="%",
        limits=(0.0, 100.0),
        plausible=Plausible(
            "no value is above 1: these are shares of one, not percentages", "write 0 to 100", above=1.0
        ),
        headings=(
            r"s ?tils?( (%|perc\w*|score|value))*",
            r"stromal tils?.*",
            r"tils? (%|perc\w*)",
            r"tils? stromali.*",
        ),
        table_one=10,
        classes={"≤ 10%": 10.0, "10–30%": 30.0, "30–60%": 60.0, "> 60%": 100.0},
    ),
    Variable(
        name="stil_class",
        label="Stromal TIL class",
        meaning="low, intermediate, low or intermediate, high, by the cuts that the cohort used",
        words=spelled(
            {
                "low": "low, basso, bassi",
                "intermediate": "intermediate, mid, moderate, intermedio, intermedi",
                "low or intermediate": "low/mid, low/intermediate, low-mid, low or mid, low or intermediate",
                "high": "high, lpbc, alto, alti",
            }
        ),
        levels=("low", "intermediate", "low or intermediate", "high"),
        headings=(r"s?tils? (class|classe|category|group)", r"s ?tils? ihc"),
        table_one=18,
    ),
    Variable(
        name="pdl1",
        label="PD-L1",
        meaning="positive, negative, by the cut that the cohort used",
        words=receptor("pd-l1", "pdl1"),
        levels=HR_LEVELS,
        headings=(r"pd ?l1( (status|stato|ihc|ic|result))*",),
        printed=_POSITIVE_FIRST,
        table_one=11,
    ),
    Variable(
        name="purity",
        label="Tumour purity",
        short="purity",
        meaning="share of tumour cells, 0 to 1",
        kind="number",
        unit="of one",
        limits=(0.0, 1.0),
        plausible=Plausible(
            "the median is {:g}: these are percentages, not shares of one",
            "write 0 to 1, percent divided by 100",
            high=1.0,
        ),
        headings=(r"(tumou?r )?purity", r"tumou?r (cellularity|cell content)", r"cellularity"),
        table_one=12,
    ),
    Variable(
        name="arm",
        label="Arm",
        meaning="any words",
        open_words=True,
        headings=(r"(treatment |trial |study )?arm", r"braccio.*", r"randomi[sz]ed to"),
        table_one=13,
    ),
    Variable(
        name="rcb",
        label="Residual cancer burden",
        short="RCB",
        meaning="class 0, I, II, III",
        words={
            f"{prefix}{join}{word}": level
            for level, number in (("0", "0"), ("I", "1"), ("II", "2"), ("III", "3"))
            for word in {level.casefold(), number}
            for prefix, join in (("", ""), ("rcb", ""), ("rcb", " "), ("rcb", "-"), ("rcb class", " "))
        },
        levels=("0", "I", "II", "III"),
        headings=(r"rcb( (class|classe|category))?", r"residual cancer burden( class)?"),
        table_one=17,
    ),
    Variable(
        name="pcr",
        label="Pathological complete response",
        meaning="1, 0",
        kind="binary",
        words=_RESPONSE,
        headings=(r"pcr( .*)?", r"pathologic.*complete.*", r"risposta patologica.*"),
        table_one=16,
        printed={"1": "yes", "0": "no"},
        role="response",
    ),
    Variable(
        name="complete_response",
        label="Mid-course complete response",
        meaning="1, 0",
        kind="binary",
        words=_RESPONSE,
        headings=(r"cr", r"complete response.*", r"risposta completa.*"),
        table_one=15,
        printed={"1": "complete", "0": "partial or none"},
        role="response",
    ),
    Variable(
        name="pam50",
        label="PAM50 subtype",
        meaning="any words",
        words=spelled(
            {
                "LumA": "luma, luminal a, luminala, lum a",
                "LumB": "lumb, luminal b, luminalb, lum b",
                "Her2": "her2, her2-enriched, her2 enriched, her2e, her2-e",
                "Basal": "basal, basal-like, basal like, basallike",
                "Normal": "normal, normal-like, normal like, normallike",
            }
        ),
        open_words=True,
        levels=("LumA", "LumB", "Her2", "Basal", "Normal"),
        headings=(r"pam50", r".*pam50.*", r"(intrinsic |molecular )?sub ?type", r"sottotipo.*"),
        remark="a description only: hormone receptors are not taken from it",
        table_one=14,
        printed={
            "LumA": "Luminal A",
            "LumB": "Luminal B",
            "Her2": "HER2-enriched",
            "Basal": "Basal-like",
            "Normal": "Normal-like",
            "undetermined": "undetermined",
        },
    ),
)
BY_NAME: Mapping[str, Variable] = {variable.name: variable for variable in VARIABLES}
TABLE_ONE = tuple(sorted((variable for variable in VARIABLES if variable.table_one), key=lambda one: one.table_one))


def with_role(role: Role) -> tuple[str, ...]:
    """Names of the variables that play a role in the questions by default, in the order of Table 1."""
    return tuple(variable.name for variable in TABLE_ONE if variable.role == role)


def accepted(name: str) -> list[str]:
    """Values that a word of a clinical table may be mapped to.

    >>> accepted("her2_ihc"), accepted("age")
    (['0', '1+', '2+', '3+'], [])
    """
    return list(dict.fromkeys(value for value in BY_NAME[name].words.values() if value))
