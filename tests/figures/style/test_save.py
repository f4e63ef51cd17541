"""Files: right sizes, embedded fonts, the same bytes each time, and nothing changed outside."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import re
import subprocess
import sys
import warnings
import zlib
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from matplotlib.font_manager import FontProperties, findfont
from PIL import Image

from her2stats.errors import DataError, OutputError
from her2stats.figures import placeholder, plot_composition, plot_correlation, plot_forest, save_figure
from her2stats.figures.style.theme import FONT, know_font

from .. import examples as e


def checksums(paths: tuple[Path, ...]) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


@pytest.mark.parametrize("width", [89.0, 120.0, 183.0])
def test_files_have_the_size_asked_for(tmp_path: Path, width: float) -> None:
    pdf, svg, png = save_figure(placeholder("none"), tmp_path / "figure", width_mm=width, height_mm=40)
    with Image.open(png) as image:
        assert image.size == pytest.approx((width / 25.4 * 300, 40 / 25.4 * 300), abs=1)
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    box = [float(value) for value in re.search(rb"/MediaBox \[([^\]]+)\]", pdf.read_bytes())[1].split()]
    assert box[2:] == pytest.approx([width / 25.4 * 72, 40 / 25.4 * 72], abs=0.01)
    view = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg.read_text())
    assert [float(view[1]), float(view[2])] == pytest.approx([width / 25.4 * 72, 40 / 25.4 * 72], abs=0.01)


def test_without_a_size_the_plot_says_it(tmp_path: Path) -> None:
    (png,) = save_figure(placeholder("none", width_mm=100, height_mm=50), tmp_path / "figure", formats=("png",))
    with Image.open(png) as image:
        assert image.size == pytest.approx((100 / 25.4 * 300, 50 / 25.4 * 300), abs=1)


def test_pdf_text_is_truetype_and_svg_text_is_text_in_a_face_that_journals_ask_for(
    tmp_path: Path, abim: pd.DataFrame
) -> None:
    plot = plot_correlation(e.correlation(abim, "her2", e.LM22[:3]))
    pdf, svg, _ = save_figure(plot, tmp_path / "figure")
    content = pdf.read_bytes()
    assert b"/FontFile2" in content
    assert b"/Type3" not in content
    assert b"+LiberationSans" in content
    assert b"DejaVu" not in content
    drawn = svg.read_text()
    assert re.search(r">ρ \(95% CI\)</text>", drawn)
    fonts = set(re.findall("font-family: ([^;]*);", drawn))
    assert {font.split(", ")[0:3] == ["'Liberation Sans'", "Arial", "Helvetica"] for font in fonts} == {True}


def test_the_face_is_the_one_shipped_whatever_the_machine_has() -> None:
    know_font()
    for weight, style in (("normal", "normal"), ("bold", "normal"), ("normal", "italic")):
        found = Path(str(findfont(FontProperties(family=FONT, weight=weight, style=style))))
        assert found.parent.parent.name == "style"


def test_letters_that_the_face_lacks_come_from_another(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        paths = save_figure(placeholder("\N{NON-BREAKING HYPHEN} and \N{BLACK CHESS KNIGHT}"), tmp_path / "figure")
    assert b"DejaVuSans" in paths[0].read_bytes()


def test_embedded_fonts_hold_what_a_reader_looks_at_and_no_shaping(tmp_path: Path) -> None:
    from fontTools.subset import Options

    usual = list(Options._drop_tables_default)
    [path] = save_figure(placeholder("Some words to set"), tmp_path / "p", formats=("pdf",))
    assert Options._drop_tables_default == usual
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", path.read_bytes(), re.DOTALL)
    unpacked = [zlib.decompressobj().decompress(stream) for stream in streams if stream[:1] == b"x"]
    fonts = [TTFont(io.BytesIO(font)) for font in unpacked if font.startswith(b"\x00\x01\x00\x00")]
    assert fonts
    for font in fonts:
        assert {"glyf", "hmtx", "head"} <= set(font.keys())
        assert not {"GSUB", "GPOS", "GDEF"} & set(font.keys())


DRAW = """
import sys
import pandas as pd
from her2stats.figures import plot_composition, plot_forest, save_figure
folder, kind = sys.argv[1:]
save_figure(plot_forest(pd.read_pickle(folder + "/odds.pkl")), f"{folder}/{kind}0")
frame = pd.read_pickle(folder + "/amounts.pkl")
save_figure(plot_composition(frame, [name for name in frame if name != "hr"]), f"{folder}/{kind}1")
"""


def test_bytes_are_the_same_in_every_process(tmp_path: Path, abim: pd.DataFrame) -> None:
    e.odds_ratios(abim, e.LM22[:4]).table.to_pickle(tmp_path / "odds.pkl")
    abim.head(20)[["hr", *e.LM22]].to_pickle(tmp_path / "amounts.pkl")
    found = []
    for kind, seed in (("a", "1"), ("b", "7")):
        run = [sys.executable, "-W", "error", "-c", DRAW, str(tmp_path), kind]
        subprocess.run(run, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
        paths = tuple(tmp_path / f"{kind}{at}.{suffix}" for at in range(2) for suffix in ("pdf", "svg", "png"))
        found.append(checksums(paths))
    assert found[0] == found[1]


def test_plot_functions_and_saving_can_be_sent_to_another_process() -> None:
    for function in (plot_forest, plot_correlation, plot_composition, save_figure):
        assert pickle.loads(pickle.dumps(function)) is function


def test_no_dates_and_no_program_versions(tmp_path: Path) -> None:
    for path in save_figure(placeholder("none"), tmp_path / "figure"):
        content = path.read_bytes()
        assert b"CreationDate" not in content
        assert b"<dc:date>" not in content
        assert mpl.__version__.encode() not in content


def test_nothing_global_is_left_behind(tmp_path: Path) -> None:
    import matplotlib.pyplot as plt

    before, figures = dict(mpl.rcParams), plt.get_fignums()
    with mpl.rc_context({"font.size": 31, "svg.fonttype": "none", "savefig.dpi": 20}):
        mine = dict(mpl.rcParams)
        changed = checksums(save_figure(placeholder("none"), tmp_path / "mine"))
        assert dict(mpl.rcParams) == mine
    assert dict(mpl.rcParams) == before
    assert plt.get_fignums() == figures
    assert checksums(save_figure(placeholder("none"), tmp_path / "theirs")) == changed


def test_the_plot_itself_is_not_changed(tmp_path: Path) -> None:
    plot = placeholder("none")
    size, layers, frame = plot.theme.getp("figure_size"), len(plot.layers), plot.data.copy()
    save_figure(plot, tmp_path / "figure", width_mm=120, height_mm=30, formats=("png",))
    assert (plot.theme.getp("figure_size"), len(plot.layers)) == (size, layers)
    pd.testing.assert_frame_equal(plot.data, frame)
    assert not hasattr(plot, "figure")


def test_folders_are_made_and_dots_in_names_stay(tmp_path: Path) -> None:
    (png,) = save_figure(placeholder("none"), tmp_path / "new" / "fig_v1.2", formats=("png",))
    assert png.name == "fig_v1.2.png"
    assert png.is_file()


def test_wrong_formats_and_sizes_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        save_figure(placeholder("none"), tmp_path / "figure", width_mm=3, formats=("gif",))
    assert len(caught.value.problems) == 2
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        save_figure(placeholder("none"), tmp_path / "file" / "figure", formats=("png",))


def test_an_interactive_backend_is_not_needed(tmp_path: Path) -> None:
    script = f"from her2stats.figures import *; save_figure(placeholder('x'), r'{tmp_path}/figure')"
    run = [sys.executable, "-W", "error", "-c", script]
    subprocess.run(run, check=True, env={**os.environ, "MPLBACKEND": "TkAgg"})


def test_a_locale_with_decimal_commas_changes_nothing(tmp_path: Path, abim: pd.DataFrame) -> None:
    import locale

    plot = plot_correlation(e.correlation(abim, "her2", e.LM22[:3]))
    first = checksums(save_figure(plot, tmp_path / "first"))
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")
    except locale.Error:
        pytest.skip("no locale with decimal commas on this machine")
    try:
        assert checksums(save_figure(plot, tmp_path / "second")) == first
    finally:
        locale.setlocale(locale.LC_ALL, before)


def test_a_dollar_sign_is_a_dollar_sign(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (written,) = save_figure(placeholder("it costs $5 or $\\frac{$"), tmp_path / "figure", formats=("png",))
    assert written.read_bytes().startswith(b"\x89PNG")
