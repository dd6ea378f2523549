# The core alone, without PostgreSQL: unit tests and fuzzers.
#
#   make unit    build test/unit/*.c, each a program that prints TAP, under
#                AddressSanitizer and UndefinedBehaviorSanitizer
#   make fuzz    build test/fuzz/*.c with libFuzzer (needs clang)
#   make bench-core    build bench/*.c as the library is built
#
# Run them with `prove -e '' test/build/unit/*` or through scripts/test.sh.

CORE_SRC  = $(wildcard src/core/*.c)
CORE_DEPS = $(CORE_SRC) $(wildcard src/core/*.h test/unit/*.h test/reference/*.h)
UNIT_BIN  = $(patsubst test/unit/%.c,test/build/unit/%,$(wildcard test/unit/*.c))
BENCH_BIN = $(patsubst bench/%.c,test/build/bench/%,$(wildcard bench/*.c))
FUZZ_BIN  = $(patsubst test/fuzz/%.c,test/build/fuzz/%,$(wildcard test/fuzz/*.c))

CORE_TEST_FLAGS = -std=gnu11 -O1 -g -Wall -Wextra -Werror -ffp-contract=off \
	-fno-omit-frame-pointer -fno-sanitize-recover=all -Isrc -Itest/unit
UNIT_CC = cc
FUZZ_CC = clang

.PHONY: unit fuzz bench-core
unit: $(UNIT_BIN)
fuzz: $(FUZZ_BIN)
bench-core: $(BENCH_BIN)

test/build/unit/%: test/unit/%.c $(CORE_DEPS)
	@mkdir -p $(@D)
	$(UNIT_CC) $(CORE_TEST_FLAGS) -fsanitize=address,undefined -o $@ $< $(CORE_SRC) -lm

test/build/fuzz/%: test/fuzz/%.c $(CORE_DEPS)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(CORE_TEST_FLAGS) -fsanitize=fuzzer,address,undefined -o $@ $< $(CORE_SRC) -lm

test/build/bench/%: bench/%.c $(CORE_DEPS)
	@mkdir -p $(@D)
	$(UNIT_CC) -std=gnu11 -O2 -Wall -Wextra -Werror -ffp-contract=off -Isrc -o $@ $< $(CORE_SRC) -lm
