# The two commands of every day are `make load` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN = .venv/bin

# Every command is a process of its own: where bytecode may not be written, each would compile the whole program anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: load test test-long lint lock bench bench-peers bench-national lock-peers faults fuzz clean

load: .venv/ready
	@$(BIN)/lscb load

test: .venv/ready lint
	$(BIN)/pytest -n 2 --dist loadfile

# Every test, those that take long among them.
test-long: .venv/ready lint
	$(BIN)/pytest -n 2 --dist loadfile -m "long or not long"

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --processes 2 sql

SIZES = 100000 1000000

bench: .venv/ready
	$(BIN)/python benchmarks/load.py
	$(BIN)/python benchmarks/feedback.py
	$(BIN)/python benchmarks/records.py $(SIZES)
	$(BIN)/python benchmarks/sealed.py

# Kill -9, thousands of times, while readers ask: what `make test` does forty times.
KILLS = 2000
SEED = 1
READERS = 8

faults: .venv/ready
	$(BIN)/python benchmarks/faults.py $(KILLS) --seed $(SEED) --readers $(READERS)

# Altered files through every door: what `make test-long` does with twenty.
FILES = 10000

fuzz: .venv/ready
	$(BIN)/python benchmarks/hostile.py $(FILES) --seed $(SEED)

# Other tools at the same work, in an environment of their own, made by the lock as ours is.
bench-peers: .venv/ready benchmarks/peers/.venv/ready
	$(BIN)/python benchmarks/others.py $(SIZES)

# Every council's twelve years beside a bare load of the same files, and their limits beside those of pandas and statsmodels.
bench-national: .venv/ready benchmarks/peers/.venv/ready
	$(BIN)/python -m benchmarks.national

benchmarks/peers/.venv/ready: benchmarks/peers/requirements.lock
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/pip install -q --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

lock-peers:
	cd benchmarks/peers && uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		requirements.in -o requirements.lock

# Exact versions, each with its hash. uv is quicker where it is present; pip gives the same environment.
.venv/ready: requirements.lock pyproject.toml
	@if command -v uv >/dev/null; then \
		uv venv -q --clear --python $(PYTHON) .venv && \
		uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock && \
		uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
		$(PYTHON) -m venv --clear .venv && \
		$(BIN)/pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock && \
		$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
	@touch $@

lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		pyproject.toml --group dev -o requirements.lock

clean:
	rm -rf .venv benchmarks/peers/.venv warehouse/* dist
