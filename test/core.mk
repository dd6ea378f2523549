# The core alone, without PostgreSQL: unit tests and fuzzers.
#
#   make unit    build test/unit/*.c, each a program that prints TAP, under
#                AddressSanitizer and UndefinedBehaviorSanitizer
#   make fuzz    build test/fuzz/*.c with libFuzzer (needs clang)
#   make bench-core    build bench/*.c as the library is built
#
# Run them with `prove -e '' test/build/unit/*` or through scripts/test.sh.

# The core is compiled once for each, into a library that all of them link.
CORE_SRC    = $(wildcard src/core/*/*.c)
UNIT_BIN    = $(patsubst test/unit/%.c,test/build/unit/%,$(wildcard test/unit/*.c))
FUZZ_BIN    = $(patsubst test/fuzz/%.c,test/build/fuzz/%,$(wildcard test/fuzz/*.c))
BENCH_BIN   = $(patsubst bench/%.c,test/build/bench/%,$(wildcard bench/*.c))

CORE_TEST_FLAGS = -std=gnu11 -Wall -Wextra -Werror -ffp-contract=off -Isrc -Itest/unit -MMD -MP
SANITIZE = -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all

UNIT_CC  = cc $(CORE_TEST_FLAGS) $(SANITIZE) -DCRM_COUNT_STEPS -fsanitize=address,undefined
# What is inlined has no coverage of its own.
FUZZ_CC  = clang $(CORE_TEST_FLAGS) $(SANITIZE) -fno-inline -fsanitize=fuzzer,address,undefined
BENCH_CC = cc $(CORE_TEST_FLAGS) -O2

.PHONY: unit fuzz bench-core
unit: $(UNIT_BIN)
fuzz: $(FUZZ_BIN)
bench-core: $(BENCH_BIN)

# $(call core_programs,KIND,FOLDER,COMPILER): the library and the programs.
define core_programs
test/build/$(1)-core/%.o: src/core/%.c
	@mkdir -p $$(@D)
	$(3) -c -o $$@ $$<

test/build/$(1)-core.a: $$(CORE_SRC:src/core/%.c=test/build/$(1)-core/%.o)
	@rm -f $$@
	$$(AR) crs $$@ $$^

test/build/$(1)/%: $(2)/%.c test/build/$(1)-core.a
	@mkdir -p $$(@D)
	$(3) -MF test/build/$(1)-core/$$*.main.d -o $$@ $$< test/build/$(1)-core.a -lm
endef

-include $(wildcard test/build/*-core/*.d test/build/*-core/*/*.d)

$(eval $(call core_programs,unit,test/unit,$$(UNIT_CC)))
$(eval $(call core_programs,fuzz,test/fuzz,$$(FUZZ_CC)))
$(eval $(call core_programs,bench,bench,$$(BENCH_CC)))
