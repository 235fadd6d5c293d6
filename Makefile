# Lightgate's commands. Each makes the environment it needs; Python 3.11 or newer is all that must be there.
.DEFAULT_GOAL := help
.PHONY: help demo test quick check bench faults compose-test picture clip clean

help: ## print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## start everything, send a set of real photographs through it, and say what to open
	@ops/venv
	@.venv/bin/lightgate demo

test: ## run every test, checks included
	@ops/venv --dev
	@ops/test-services
	@.venv/bin/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

quick: ## tests that need no server and no model, while you work: under a minute
	@ops/venv --dev
	@.venv/bin/python -m pytest --quiet --numprocesses auto --maxprocesses 4 --dist loadfile tests/unit \
		--ignore tests/unit/house --ignore tests/unit/adapters/clip --ignore tests/unit/adapters/pixels \
		--ignore tests/unit/web/test_api.py --ignore tests/unit/web/test_decisions.py \
		--deselect tests/unit/adapters/metadata/test_fuzzed_files.py \
		--deselect tests/unit/domain/series/test_series.py::test_the_cost_grows_with_the_set_and_not_with_its_square

check: ## lint, types, direction of imports, documents, the wheel
	@ops/venv --dev
	@ops/check

bench: ## measure; prints a table and writes bench.json
	@ops/venv --dev
	@.venv/bin/python ops/bench.py

faults: ## break the whole product on purpose, and look from outside: about an hour; SEED=771 replays a run
	@ops/venv --dev
	@ops/test-services
	@cd tests && ../.venv/bin/python -m faults --seed $(or $(SEED),0) $(if $(ONLY),--only "$(ONLY)")

compose-test: ## try docker-compose.yml on a real engine, from build to stop
	@ops/compose-test

picture: ## make the README's picture of the review page anew
	@ops/venv --dev
	@.venv/bin/python ops/picture.py

clip: ## add torch and open_clip, without hurry
	@ops/venv
	@.venv/bin/python ops/add_clip.py

clean: ## remove the environment and the caches; data/ stays
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find services workers review_web tests ops -name __pycache__ -type d -prune -exec rm -rf {} +
