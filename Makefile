# crm_ext: customer relationship analytics inside PostgreSQL.
#
#   make                 build the library and the install script
#   make install         install both into the server that PG_CONFIG names
#   make installcheck    pg_regress sessions against a running server
#   make check TOPIC=rfm build what changed and run one topic's tests
#   make unit fuzz       the core alone, under the sanitizers (test/core.mk)
#
# The version stands in crm_ext.control and nowhere else.

EXTENSION   = crm_ext
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" crm_ext.control)
MODULE_big  = crm_ext

# One name a topic, in the order in which CREATE EXTENSION runs them.
SQL_TOPICS  = extension activity distribution rfm abc lifecycle clv \
	experience experience_survey experience_index experience_driver \
	campaign campaign_markov community identity \
	workspace workspace_source workspace_create workspace_refresh workspace_privacy
SQL_PARTS   = $(SQL_TOPICS:%=src/sql/%.sql)

# What a workspace is made of, in order; crm_create_workspace runs it.
WORKSPACE   = source/customer source/purchase source/interaction source/rating \
	source/module source/touchpoint table experience customer segment retention clv goal \
	data_quality maintain catalog comment
WORKSPACE_PARTS = $(WORKSPACE:%=src/workspace/%.sql)

CORE_OBJS   = $(patsubst %.c,%.o,$(wildcard src/core/*/*.c))
GLUE_OBJS   = $(patsubst %.c,%.o,$(wildcard src/pg/*/*.c))
OBJS        = $(CORE_OBJS) $(GLUE_OBJS)

DATA_built  = $(EXTENSION)--$(EXTVERSION).sql
DATA        = $(wildcard src/sql/updates/*--*--*.sql)
DOCS        = $(wildcard doc/*.md)

REGRESS     ?= $(patsubst sql/%.sql,%,$(sort $(wildcard sql/*.sql)))
REGRESS_OPTS = --inputdir=$(srcdir) --load-extension=crm_ext
EXTRA_CLEAN  = $(DATA_built) $(OBJS:.o=.d) test/build

# Results must not depend on whether the machine has a fused multiply-add. This
# goes with the preprocessor's flags, for PG_CFLAGS do not reach the bitcode.
# The server's headers are no place for our warnings.
PG_CPPFLAGS  = -isystem $(includedir_server) -I$(srcdir)/src -DCRM_EXT_VERSION='"$(EXTVERSION)"' -ffp-contract=off
# The compiler writes down which headers an object was made from (-MMD).
PG_CFLAGS    = -Wall -Wextra -MMD -MP
SHLIB_LINK   = -lm

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)

# A server built with JIT asks for the clang it was built with. Where that is
# absent the library is complete without bitcode, so build it so.
SERVER_CLANG := $(shell sed -n 's/^CLANG *= *//p' $(dir $(PGXS))../Makefile.global)
ifeq ($(shell command -v $(firstword $(SERVER_CLANG) none)),)
override with_llvm := no
endif

# PGXS has a check of its own, which only says that there is none.
ifeq ($(MAKECMDGOALS),check)
.PHONY: check
check:
	scripts/check.sh $(TOPIC)
else
include $(PGXS)

# Backends load libraries with RTLD_GLOBAL: keep the core's names to ourselves.
$(CORE_OBJS): override CFLAGS += -fvisibility=hidden

# The scripts of a workspace travel as the body of a function.
$(DATA_built): $(SQL_PARTS) $(WORKSPACE_PARTS) crm_ext.control Makefile
	{ cat $(firstword $(SQL_PARTS)); \
	  printf '\nCREATE FUNCTION crm_workspace_script(OUT step integer, OUT name text, OUT script text)\n'; \
	  printf 'RETURNS SETOF record LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20\nBEGIN ATOMIC\nVALUES '; \
	  n=0; \
	  for part in $(WORKSPACE); do \
	    n=$$((n + 1)); \
	    [ $$n = 1 ] || printf ',\n'; \
	    printf "($$n, '$$part', \$$script\$$"; \
	    cat $(srcdir)/src/workspace/$$part.sql; \
	    printf '$$script$$)'; \
	  done; \
	  printf ';\nEND;\n'; \
	  cat $(wordlist 2,$(words $(SQL_PARTS)),$(SQL_PARTS)); } > $@

-include $(OBJS:.o=.d)

include $(srcdir)/test/core.mk
endif
