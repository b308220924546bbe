# What one does here. Every target needs Go, make and git only; tools and libraries come by go.mod and tools/go.mod.

GO ?= go
HOUSE := examples/bank
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
TOOL := $(GO) tool -modfile=tools/go.mod
FUZZ_TIME ?= 10s
LIMIT_MB := 40
# No test and no tool may hang for ever.
LINT_SECONDS := 600
TEST_MINUTES := 12

# Property tests draw the same cases every time; RAPID_SEED=0 draws others.
export RAPID_SEED ?= 20261122
export RAPID_NOFAILFILE ?= true

.DEFAULT_GOAL := help
.PHONY: help run test check bench build fuzz clean lint short race current generate vulnerabilities

help: ## list what there is (this)
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## run the campaigns of the sample bank, and end; again: go on with the same store
	bin/scruple run --house $(HOUSE) --as-scheduled

test: check race current vulnerabilities ## check, all tests with the race detector, and what is generated is current
	@echo "make test: all passed"

check: lint short ## format, vet, staticcheck and the short tests (under 2 minutes)

bench: build ## measure speed, memory and size against their bars, and print one table
	$(GO) run ./internal/bench -scruple bin/scruple

build: ## build bin/scruple, one static binary
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/scruple ./cmd/scruple
	@size=$$(wc -c <bin/scruple); echo "bin/scruple: $$((size / 1000000)) MB (bound: $(LIMIT_MB) MB)"; [ $$size -le $(LIMIT_MB)000000 ]

fuzz: ## fuzz every target, FUZZ_TIME (10s) each
	@grep -rn --include='*_test.go' -oE '^func Fuzz[A-Za-z0-9]+' . | sed -E 's#^\./(.*)/[^/]+:[0-9]+:func (.*)#\1 \2#' | \
	while read -r folder target; do $(GO) test ./$$folder -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZ_TIME) || exit 1; done

generate: ## write what is derived from other files: the parsed form of the rule files, which loads fast
	$(GO) generate ./compliance

clean: ## remove what was built, and the sample bank's store and deliveries
	rm -rf bin $(HOUSE)/.scruple $(HOUSE)/out

# The parts of check and test.

lint:
	@files=$$($(TOOL) gofumpt -l .); [ -z "$$files" ] || { echo "not formatted (gofumpt -w):"; echo "$$files"; exit 1; }
	$(GO) vet ./...
	timeout $(LINT_SECONDS) $(TOOL) staticcheck ./...

short:
	$(GO) test -short -timeout $(TEST_MINUTES)m ./...

# The race detector needs a C compiler. As root on Debian it is installed; elsewhere the tests run without, except in CI.
race:
	@if ! command -v "$$($(GO) env CC)" >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "no C compiler for the race detector: installing gcc"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends gcc libc6-dev >/dev/null || true; \
	fi; \
	if command -v "$$($(GO) env CC)" >/dev/null; then \
		CGO_ENABLED=1 $(GO) test -race -timeout $(TEST_MINUTES)m ./...; \
	elif [ "$${CI:-}" = true ]; then \
		echo "no C compiler: the race detector has to run in CI; install gcc"; exit 1; \
	else \
		echo "*** NO C COMPILER: THE TESTS RUN WITHOUT THE RACE DETECTOR; install gcc ***"; \
		$(GO) test -timeout $(TEST_MINUTES)m ./...; \
	fi

# What is derived is what it is derived from: modules and the parsed rules here; the sample lists and the list of libraries by their own tests.
current:
	$(GO) mod tidy -diff
	$(GO) mod verify
	$(GO) test ./compliance -run '^TestParsedRulesAreCurrent$$' -current -count 1

vulnerabilities:
	@mkdir -p bin; timeout $(LINT_SECONDS) $(TOOL) govulncheck ./... >bin/vulnerabilities.txt 2>&1; code=$$?; cat bin/vulnerabilities.txt; \
	if [ $$code != 0 ] && grep -q 'fetching vulnerabilities' bin/vulnerabilities.txt; then \
		echo "*** SKIPPED: govulncheck cannot reach its data; known vulnerabilities were NOT looked for ***"; \
	else exit $$code; fi
