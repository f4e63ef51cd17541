#!/usr/bin/env bash
# Builds the wheel, installs it into an empty environment and runs the demo from there, outside the checkout:
# what is missing from the wheel (data files, templates, the R package) shows here.
set -euo pipefail
python=$(realpath -s "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
"$python" -m build --wheel --outdir "$place/dist" "$root" >"$place/build.log" 2>&1 || { cat "$place/build.log"; exit 1; }
"$python" -m venv "$place/env" 2>/dev/null \
  || { "$python" -m venv --without-pip "$place/env"; "$python" -m pip --python "$place/env/bin/python" install --quiet pip; }
"$place/env/bin/python" -m pip install --quiet "$place"/dist/*.whl
cd "$place"
"$place/env/bin/her2stats" demo --output demo
test -s "$place/demo/results/report.html"
"$place/env/bin/her2stats" doctor
files=$("$place/env/bin/python" -m zipfile --list "$place"/dist/*.whl)
grep -q 'her2stats/r/DESCRIPTION' <<<"$files" || { echo "the wheel lacks the R package"; exit 1; }
if grep -i 'LM22' <<<"$files"; then echo "the wheel must not hold LM22"; exit 1; fi
echo "The wheel works on its own."
