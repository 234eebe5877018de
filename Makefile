# Ansinh. `make` prints what there is to do; the scripts behind it are in tools/.
#
# build/gen      what tools/*.py make of the SQL, the contract and the migrations
# build/release  gcc, what `make run` starts
# build/asan     gcc with sanitizers, what `make test` tests
# build/tsan     gcc with the sanitizer for threads, what `make tsan` tests
# build/fuzz     clang with sanitizers and libFuzzer, what `make fuzz` runs
# build/clang    the second compiler's opinion, for `make check`

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

MAKEFLAGS += --no-builtin-rules --no-print-directory
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif

# Debian's own interpreter: python3-yaml belongs to it, and not to another one that comes first in PATH.
PYTHON := /usr/bin/python3 -B

# --- What there is -------------------------------------------------------------------------------

SOURCES  := $(sort $(wildcard api/*.c api/*/*.c middleware/*.c))
TESTS    := $(sort $(wildcard tests/main.c tests/support/*.c) \
                   $(shell find tests -name '*_test.c' 2>/dev/null))
LOAD     := $(sort $(wildcard tests/load/*.c))
TORTURE  := $(sort $(wildcard tests/torture/*.c))
FUZZ     := $(sort $(wildcard tests/fuzz/*.c))
SQL      := $(sort $(wildcard api/*.sql api/*/*.sql middleware/*.sql))
CONTRACT := $(sort $(wildcard openapi/*.yaml))
EMBEDDED := $(sort $(wildcard migrations/*.sql migrations/data/*.csv migrations/demo/*.sql \
                              migrations/demo/published/*.csv \
                              api/docs.html api/redoc.html))
VIEWER   := $(wildcard build/docs/redoc.js)

OBJECTS      := $(SOURCES:.c=.o) build/gen/statements.o build/gen/embedded.o
TEST_OBJECTS := $(TESTS:.c=.o)
TESTED       := $(filter-out api/main.o,$(OBJECTS)) $(TEST_OBJECTS)
LOAD_OBJECTS := $(LOAD:.c=.o)
FUZZ_TARGETS := $(patsubst tests/fuzz/%_fuzz.c,%,$(filter %_fuzz.c,$(FUZZ)))
TORTURERS    := $(filter-out tests/torture/failing.o,$(TORTURE:.c=.o)) \
                $(patsubst %.c,%.o,$(wildcard tests/support/*.c))
GENERATED    := build/gen/statements.h build/gen/embedded.h

# All the names above in one file, rewritten when a file comes or goes: a deleted source leaves no
# date behind that make could see.
LIST := build/sources.list
ifneq ($(file <$(LIST)),$(SOURCES) $(TESTS) $(LOAD) $(TORTURE) $(FUZZ) $(SQL) $(CONTRACT) $(EMBEDDED) $(VIEWER))
$(shell mkdir -p build)
$(file >$(LIST),$(SOURCES) $(TESTS) $(LOAD) $(TORTURE) $(FUZZ) $(SQL) $(CONTRACT) $(EMBEDDED) $(VIEWER))
endif

# --- How it is compiled --------------------------------------------------------------------------

WARNINGS := -Wall -Wextra -Werror -Wconversion -Wno-sign-conversion -Wshadow -Wstrict-prototypes \
            -Wmissing-prototypes -Wformat=2 -Wvla -Wwrite-strings -Wpointer-arith
CFLAGS   := -std=gnu17 -D_GNU_SOURCE -I. -Ibuild/gen -isystem /usr/include/postgresql \
            $(WARNINGS) -fstack-protector-strong -fPIE
LDFLAGS  := -pie -Wl,-z,relro,-z,now
LIBS     := -lulfius -lyder -lorcania -lmicrohttpd -ljansson -lpq -ljwt -lsodium -lsystemd -lunistring \
            -lpcre2-8 -lcsv -lxlsxwriter -lpthread -lm
TESTLIBS := -lcheck -lsubunit -lrt -lcurl

build/release/%: CC := gcc
build/release/%: MODE := -O2 -g -D_FORTIFY_SOURCE=2
build/asan/%:    CC := gcc
build/asan/%:    MODE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
                         -fno-omit-frame-pointer -DANSINH_TEST_BUILD
build/tsan/%:    CC := gcc
build/tsan/%:    MODE := -O1 -g -fsanitize=thread -fno-omit-frame-pointer -DANSINH_TEST_BUILD
build/clang/%:   CC := clang
build/clang/%:   MODE := -O1

build/fuzz/%:    CC := clang
build/fuzz/%:    MODE := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
                         -fno-omit-frame-pointer -DANSINH_TEST_BUILD

# `make V=1` shows the whole commands.
Q := $(if $(V),,@)
define compile
@mkdir -p $(@D)
@echo "  $(CC) $@"
$(Q)$(CC) $(CFLAGS) $(MODE) -MMD -MP -c $< -o $@
endef
define link
@echo "  link $@"
$(Q)$(CC) $(MODE) $(LDFLAGS) $(LINKED) $(filter %.o,$^) $(LIBS) $(if $(filter %-tests,$@),$(TESTLIBS)) -o $@
endef

build/release/%.o: %.c Makefile | $(GENERATED)
	$(compile)
build/asan/%.o: %.c Makefile | $(GENERATED)
	$(compile)
build/tsan/%.o: %.c Makefile | $(GENERATED)
	$(compile)
build/fuzz/%.o: %.c Makefile | $(GENERATED)
	$(compile)
build/clang/%.o: %.c Makefile | $(GENERATED)
	$(compile)
build/release/%.o: %.S Makefile
	$(compile)
build/asan/%.o: %.S Makefile
	$(compile)
build/tsan/%.o: %.S Makefile
	$(compile)
build/fuzz/%.o: %.S Makefile
	$(compile)
build/clang/%.o: %.S Makefile
	$(compile)

build/release/ansinh: $(OBJECTS:%=build/release/%) $(LIST)
	$(link)
build/release/ansinh-bench: $(patsubst %,build/release/%,$(filter-out api/main.o,$(OBJECTS)) \
                                                         $(LOAD_OBJECTS)) $(LIST)
	$(link)
build/asan/ansinh: $(OBJECTS:%=build/asan/%) $(LIST)
	$(link)
build/asan/ansinh-tests: $(TESTED:%=build/asan/%) $(LIST)
	$(link)
build/tsan/ansinh: $(OBJECTS:%=build/tsan/%) $(LIST)
	$(link)
build/tsan/ansinh-tests: $(TESTED:%=build/tsan/%) $(LIST)
	$(link)

# The real server, below whose allocator there is one that fails when told to; and who tells it.
build/release/ansinh-torture: LINKED := $(foreach f,__libc_malloc __libc_calloc __libc_realloc __libc_memalign \
                                             _exit worker_start worker_stop,-Wl,--wrap=$f)
build/release/ansinh-torture: $(OBJECTS:%=build/release/%) build/release/tests/torture/failing.o $(LIST)
	$(link)
build/release/torture-tests: $(patsubst %,build/release/%,$(filter-out api/main.o,$(OBJECTS)) $(TORTURERS)) \
                             $(LIST)
	$(link)

# libFuzzer brings main().
$(FUZZ_TARGETS:%=build/fuzz/%): LINKED := -fsanitize=fuzzer
$(FUZZ_TARGETS:%=build/fuzz/%): build/fuzz/%: build/fuzz/tests/fuzz/%_fuzz.o build/fuzz/tests/fuzz/target.o \
        $(patsubst %,build/fuzz/%,$(filter-out api/main.o,$(OBJECTS))) $(LIST)
	$(link)

# What a compiled file included when it was compiled last.
-include $(shell find build -name '*.d' 2>/dev/null)

# --- What is generated ---------------------------------------------------------------------------

# The tool leaves a file alone whose content stays: a changed statement recompiles statements.c only.
build/gen/statements.stamp: tools/statements.py $(SQL) $(LIST)
	@mkdir -p $(@D)
	$(Q)$(PYTHON) tools/statements.py build/gen/statements.h build/gen/statements.c $(SQL)
	@touch $@
build/gen/statements.h build/gen/statements.c: build/gen/statements.stamp ;

build/gen/openapi.json: tools/bundle.py $(CONTRACT) $(LIST)
	@mkdir -p $(@D)
	$(Q)$(PYTHON) tools/bundle.py $@ $(CONTRACT)

build/gen/embedded.S build/gen/embedded.h &: tools/embed.py $(LIST)
	@mkdir -p $(@D)
	$(Q)$(PYTHON) tools/embed.py build/gen/embedded.S build/gen/embedded.h \
	    openapi.json=build/gen/openapi.json $(VIEWER:%=redoc.js=%) $(EMBEDDED)

# .incbin reads these while assembling, which no compiler reports.
$(foreach v,release asan tsan fuzz clang,build/$v/build/gen/embedded.o): build/gen/openapi.json $(EMBEDDED) $(VIEWER)

# --- What there is to do -------------------------------------------------------------------------
# Packages come before the build, so these are lines one after the other and no prerequisites.
# setpriv: a make that is killed outright takes its script along.

.PHONY: help run test tsan torture fuzz check contract docs bench fmt release asan objects reset clean

help: ## print this
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS=$$'\t' read -r name text; do \
	    printf '  make %-8s %s\n' "$$name" "$$text"; done

run: ## install, build, start a private PostgreSQL with the demo, serve (DATABASE_URL: your own)
	@tools/packages.sh run
	@$(MAKE) release
	@setpriv --pdeathsig TERM tools/run.sh

test: ## build with sanitizers, test on a throwaway PostgreSQL (T=suite: that suite only)
	@tools/packages.sh test
	@$(MAKE) asan
	@$(PYTHON) tools/bundle_test.py
	@T='$(T)' setpriv --pdeathsig TERM tools/test.sh

tsan: ## the same with the sanitizer for threads
	@tools/packages.sh test
	@$(MAKE) build/tsan/ansinh build/tsan/ansinh-tests
	@T='$(T)' FLAVOUR=tsan setpriv --pdeathsig TERM tools/test.sh

torture: ## let every allocation of each kind of request fail once (OPERATION=id, MOST=n: n of each)
	@tools/packages.sh test
	@$(MAKE) release build/release/ansinh-torture build/release/torture-tests
	@ANSINH_TEST_TORTURE='$(MOST)' ANSINH_TEST_OPERATION='$(OPERATION)' FLAVOUR=release PROGRAM=torture-tests \
	    setpriv --pdeathsig TERM tools/test.sh

fuzz: ## feed the gates what a fuzzer thinks of, after tests/fuzz/corpus (FUZZ_SECONDS=n for each)
	@tools/packages.sh check
	@$(MAKE) $(FUZZ_TARGETS:%=build/fuzz/%)
	@tools/fuzz.sh '$(or $(FUZZ_SECONDS),60)' $(FUZZ_TARGETS)

check: ## warnings of gcc and clang, format, house rules, routes against contract
	@tools/packages.sh check
	@$(MAKE) objects
	@$(PYTHON) tools/bundle_test.py
	@$(PYTHON) tools/house.py
	@find api middleware tests -name '*.[ch]' -exec clang-format --dry-run -Werror {} +
	@build/release/ansinh --check

# `+`: the script calls make itself.
contract: ## the contract against the last one, a linter, and a fuzzer at the server (npm, PyPI)
	+@setpriv --pdeathsig TERM tests/contract/run.sh

docs: ## get the viewer of the documentation page, Redoc, for the next build (npm)
	@tools/redoc.sh

bench: ## how fast, against raw PostgreSQL (BENCH_PEOPLE, BENCH_SECONDS: tools/bench.sh)
	@tools/packages.sh run
	@$(MAKE) release build/release/ansinh-bench
	@setpriv --pdeathsig TERM tools/bench.sh

fmt: ## format all C files
	@tools/packages.sh check
	@find api middleware tests -name '*.[ch]' -exec clang-format -i {} +

release: build/release/ansinh ## build only
	@:

asan: build/asan/ansinh build/asan/ansinh-tests
	@:

# Every object by both compilers; the sanitizers' build is no judge of warnings.
objects: release $(OBJECTS:%=build/clang/%) \
         $(foreach o,$(TEST_OBJECTS) $(LOAD_OBJECTS) $(TORTURE:.c=.o) $(FUZZ:.c=.o),build/release/$o build/clang/$o)
	@:

reset: ## delete the private PostgreSQL with all that is in it
	@tools/cluster.sh remove "$$(tools/cluster.sh home)/cluster"

clean: ## delete what was built
	@rm -rf build
