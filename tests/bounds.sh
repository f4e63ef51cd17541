#!/usr/bin/env bash
# Do the bounds of pyproject.toml hold? An environment of the lowest versions they allow, with and without the extras,
# and one of the newest versions on the newest Python that is here: every module imported, the doctor's self-test, the
# demo, and with the extras the tests of what they serve.
# Call: bash tests/bounds.sh ENVIRONMENT/bin  (the environment has uv). Warnings are no errors here: an old library warns.
set -euo pipefail
uv=$(realpath -s "$1")/uv
root=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
export OPENBLAS_NUM_THREADS=1 XDG_CACHE_HOME="$place/cache"
extras='firth,dask,h5ad,labelled,rds,zarr'

install() { # name python package [option ...]: an environment with the package
  "$uv" venv --quiet --python "$2" "$place/$1"
  # Wheels only: an old version that has to be compiled is not one that a user gets. Ours is built.
  "$uv" pip install --quiet --python "$place/$1/bin/python" --only-binary :all: --no-binary her2stats "${@:3}"
}

try() { # name: import everything, examine
  "$place/$1/bin/python" - <<'CODE'
import importlib
import pkgutil

import her2stats

for module in pkgutil.walk_packages(her2stats.__path__, "her2stats."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
for name in her2stats.__all__:
    getattr(her2stats, name)
CODE
  "$place/$1/bin/her2stats" doctor
}

demo() {
  "$place/$1/bin/her2stats" demo --output "$place/$1-demo"
  test -s "$place/$1-demo/results/report.html"
}

oldest=$(sed -n 's/^requires-python = ">=\(.*\)"/\1/p' "$root/pyproject.toml")
echo "== Lowest versions on Python $oldest"
install lowest "$oldest" --resolution lowest-direct "$root"
try lowest
demo lowest

echo "== Lowest versions with the extras"
install extras "$oldest" --resolution lowest-direct "$root[$extras]"
"$uv" pip install --quiet --python "$place/extras/bin/python" pytest pytest-xdist hypothesis psutil
try extras
(cd "$root" && "$place/extras/bin/python" -m pytest -q -n 0 -p no:cacheprovider -W default \
  tests/reading/formats tests/deconvolution/large tests/statistics/fits/test_firth.py)

newest=3.13
interpreter=
for one in "python$newest" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$newest".*/bin/python; do
  if "$one" -c 'import venv' 2>/dev/null; then interpreter=$one; fi
done
if [ -n "$interpreter" ]; then
  echo "== Newest versions on Python $newest"
  install newest "$interpreter" "$root[$extras]"
  try newest
  demo newest
else
  echo "== Python $newest is not here: not tried"
fi
echo "The bounds hold."
