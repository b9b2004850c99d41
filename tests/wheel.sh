#!/bin/sh
# Builds the wheel, installs it away from the checkout, and from there runs the demo, teaches from a few small shells,
# and benches what was taught with a report to look at.
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

env/bin/python - <<'shells'
import pathlib
import cv2
import numpy as np
draw = np.random.default_rng(0)
for place, count in {"train/good": 5, "test/good": 2, "test/scratch": 2}.items():
    folder = pathlib.Path("set", place)
    folder.mkdir(parents=True)
    for number in range(count):
        shell = draw.normal(120, 3, (96, 96, 3)).clip(0, 255).astype("uint8")
        if "scratch" in place:
            cv2.line(shell, (20, 20), (70, 60), (230, 230, 230), 3)
        cv2.imwrite(str(folder / f"{number}.png"), shell)
shells
env/bin/shellmark train set --family memory-lean --threads 1 --out lid
env/bin/shellmark bench set --model lid --html report.html
grep -q 'Benchmark report' report.html
grep -q 'lid/1 on set' report.html
