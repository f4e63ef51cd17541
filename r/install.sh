#!/usr/bin/env bash
# Installs what the crosscheck needs on Debian or Ubuntu: R, its packages, and the rpy2 that fits this R.
#
#   bash r/install.sh [--required] [PYTHON]
#
# PYTHON is the interpreter (or the folder) of the virtual environment that gets rpy2; without it only R is installed.
# Where neither root nor a password-free sudo is there, it says the one line to run and leaves with status 0;
# with --required or HER2STATS_REQUIRE_R set, with status 1. What is there already is left alone.
set -euo pipefail

required=0
python=""
for argument in "$@"; do
  case "$argument" in
    --required) required=1 ;;
    -*) echo "r/install.sh: unknown option $argument; use [--required] [PYTHON]" >&2; exit 2 ;;
    *) python="$argument" ;;
  esac
done
[ -n "${HER2STATS_REQUIRE_R:-}" ] && required=1
if [ -n "$python" ] && [ -d "$python" ]; then python="$python/bin/python"; fi
if [ -n "$python" ] && ! command -v "$python" >/dev/null 2>&1; then
  echo "r/install.sh: $python is not a Python interpreter" >&2
  exit 2
fi

packages="r-base-core r-cran-emmeans r-cran-mass r-cran-testthat r-cran-knitr"

has_r() {
  command -v Rscript >/dev/null 2>&1 && Rscript --vanilla -e '
    needed <- c("emmeans", "MASS", "testthat", "knitr")
    quit(status = !all(vapply(needed, requireNamespace, NA, quietly = TRUE)))' >/dev/null 2>&1
}

give_up() {
  echo "R is not complete here ($1). The tests that need a live R will be skipped; this line installs it:"
  echo "    $2"
  exit "$required"
}

if ! has_r; then
  by_hand="install R 4.2 or later from https://cran.r-project.org, then in R: install.packages(c(\"emmeans\", \"MASS\", \"testthat\", \"knitr\"))"
  command -v apt-get >/dev/null 2>&1 || give_up "no apt-get on this system" "$by_hand"
  line="sudo apt-get update && sudo apt-get install -y --no-install-recommends $packages"
  if [ "$(id -u)" -eq 0 ]; then
    as_root() { "$@"; }
  elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root() { sudo -n "$@"; }
  else
    give_up "neither root nor a password-free sudo" "$line"
  fi
  echo "Installing R and its packages ($packages)"
  log="$(mktemp)"
  install_r() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages >"$log" 2>&1
  }
  # The package lists of a fresh image are empty or old: fetch them only when the first attempt fails.
  if ! install_r && ! { as_root apt-get update >"$log" 2>&1 && install_r; }; then
    tail -n 5 "$log" >&2
    give_up "apt-get failed, see above" "$line"
  fi
  has_r || give_up "apt-get has run, but R does not load its packages" "$line"
fi

[ -n "$python" ] || exit 0

works() {
  "$python" - <<'PROBE' >/dev/null 2>&1
import rpy2.rinterface as ri
from rpy2.rinterface_lib import embedded
embedded.set_initoptions(("rpy2", "--quiet", "--vanilla"))
ri.initr(interactive=False)
PROBE
}

if ! works; then
  # rpy2 3.6.6 and later need symbols of R 4.5; ABI mode needs no compiler and no headers of R.
  new_r="$(Rscript --vanilla -e 'cat(as.integer(getRversion() >= "4.5"))')"
  if [ "$new_r" = 1 ]; then
    wanted="rpy2>=3.6.6"
  else
    wanted="rpy2==3.6.5 rpy2-rinterface==3.6.5 rpy2-robjects==3.6.5"
  fi
  echo "Installing the rpy2 for this R ($wanted)"
  # shellcheck disable=SC2086
  if ! RPY2_CFFI_MODE=ABI "$python" -m pip install --quiet $wanted; then
    echo "rpy2 could not be installed; crosschecks use Rscript instead, which gives the same numbers."
  elif ! works; then
    echo "rpy2 cannot load this R; crosschecks use Rscript instead, which gives the same numbers."
  fi
fi
