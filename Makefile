# Every command of the house; `make` alone lists them. People, hooks and CI run the same ones.
# Settings: SHEETS and DEMO (the demo's sheets and folder), ONLY (one benchmark), ARGS (more arguments for the program or
# for pytest), WORKERS (test processes), PYTHON (the interpreter of .venv), PHIEU_LANG=en (speak English)

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/bin
DEMO ?= demo
WORKERS ?= 2
ARGS ?=
# A file of tests stays in one process: its printed sheets and servers are made once. tests/conftest.py says which begin
PYTEST := $(BIN)/pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# Without compiled files every process of ours would start two seconds later
unexport PYTHONDONTWRITEBYTECODE

# A tree that was copied or moved with its .venv is set up anew: the scripts in there hold the old path
ifneq ($(shell cat .venv/.ready 2>/dev/null),$(CURDIR))
.PHONY: .venv/.ready
endif

.PHONY: help
help: ## danh sách các lệnh | this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: setup
setup: .venv/.ready .venv/.ready-dev ## tạo .venv và mọi thứ cần thiết | .venv and all that it needs

.PHONY: demo
demo: .venv/.ready ## toàn bộ công việc trên ví dụ Quảng Ninh | the whole main job on an example (SHEETS=300)
	@$(BIN)/phieu demo --out $(DEMO) $(if $(SHEETS),--sheets $(SHEETS)) $(ARGS)

.PHONY: serve
serve: .venv/.ready ## màn hình điều hành trên dữ liệu của demo | the console on the demo's data
	@test -e $(DEMO)/campaign/campaign.yaml || $(MAKE) --no-print-directory demo
	@$(BIN)/phieu serve $(DEMO)/campaign $(ARGS)

.PHONY: test
test: .venv/.ready-dev programs ## mọi kiểm thử | every test
	@$(PYTEST) $(ARGS)

.PHONY: fast
fast: .venv/.ready-dev ## các kiểm thử nhanh | the quick tests
	@$(PYTEST) -m "not slow" $(ARGS)

.PHONY: lint
lint: .venv/.ready-dev ## ruff, mypy, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

.PHONY: check
check: lint fast ## lint rồi kiểm thử nhanh, trước mỗi commit | lint and quick tests, before a commit

.PHONY: format
format: .venv/.ready-dev ## sửa định dạng mã nguồn | put the sources in form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# tune_*.py fit constants and measure nothing
# a folder with a __main__.py is one benchmark of several files
BENCHES = $(or $(ONLY),$(filter-out tune_%,$(basename $(notdir $(wildcard benchmarks/[a-z]*.py) \
	$(patsubst %/__main__.py,%,$(wildcard benchmarks/*/__main__.py))))))
.PHONY: bench
bench: .venv/.ready-dev ## đo tốc độ và bộ nhớ | measure speed and memory (ONLY=printing)
	@for name in $(BENCHES); do echo "== $$name"; $(BIN)/python -m benchmarks.$$name $(ARGS) || exit 1; done

.PHONY: pictures
pictures: .venv/.ready-dev programs ## vẽ lại hình của README và sổ tay | make the pictures of README and handbook again
	@$(BIN)/python -m docs.album $(ARGS)

.PHONY: programs
programs:
	@bin/setup programs

.PHONY: lock
lock: .venv/.ready ## khóa lại phiên bản thư viện | pin the libraries again (UPGRADE=1: the newest)
	@UPGRADE=$(UPGRADE) bin/setup lock

.venv/.ready: bin/setup pyproject.toml requirements/run.txt requirements/build.txt requirements/uv.txt
	@bin/setup run

.venv/.ready-dev: .venv/.ready requirements/dev.txt
	@bin/setup dev
