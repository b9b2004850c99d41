#!/bin/sh
# Builds the wheel, installs it away from the checkout, and runs the demo from there.
set -eu
python="$1"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$python" -m pip wheel --quiet --no-deps --wheel-dir "$folder" .
"$python" -m venv --system-site-packages "$folder/env"
site="$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
# the dependencies are those of the environment; the program itself comes from the wheel alone
echo "import sys; sys.path.append('$site')" > "$("$folder/env/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/dependencies.pth"
"$folder/env/bin/python" -m pip install --quiet --no-deps --force-reinstall "$folder"/shellmark-*.whl
cd "$folder"
where="$(env/bin/python -c 'import shellmark_inspect; print(shellmark_inspect.__file__)')"
case "$where" in "$folder"/*) ;; *) echo "the wheel is not what runs: $where"; exit 1;; esac
HEADLESS=1 env/bin/shellmark demo --cases 1 --data "$folder/data" > "$folder/said"
cat "$folder/said"
grep -q 'cases' "$folder/said"
