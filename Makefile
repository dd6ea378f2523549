# crm_ext: customer relationship analytics inside PostgreSQL.
#
#   make                 build the library and the install script
#   make install         install both into the server that PG_CONFIG names
#   make installcheck    pg_regress sessions against a running server
#   make check TOPIC=rfm build what changed and run one topic's tests
#   make expected TOPIC=rfm   what its sessions printed last, shown and taken as expected
#   make dist            the archive for PGXN
#   make unit fuzz       the core alone, under the sanitizers (test/core.mk)
#
# The version stands in crm_ext.control and nowhere else.

EXTENSION   = crm_ext
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" crm_ext.control)
MODULE_big  = crm_ext

# One name a topic, in the order in which CREATE EXTENSION runs them.
SQL_TOPICS  = extension activity sum distribution rfm abc lifecycle clv clv_score experience experience_survey \
	experience_index experience_driver calendar survival comparison campaign campaign_markov \
	community identity period workspace workspace_source workspace_mapping workspace_check workspace_distributed \
	workspace_target workspace_ledger workspace_policy workspace_enter workspace_create workspace_change \
	workspace_release workspace_refresh workspace_privacy workspace_alert workspace_reader service
SQL_PARTS   = $(SQL_TOPICS:%=src/sql/%.sql)

# The summary types, for C and for SQL.
STATES      = src/core/experience/state.def

# The subjects of a workspace, in the order in which they can be made.
SUBJECTS    = lib experience customer segment retention clv goal service community event campaign plan profile programme quality
SUBJECT_PARTS = $(wildcard src/workspace/embed.sh src/workspace/*/*)

CORE_OBJS   = $(patsubst %.c,%.o,$(wildcard src/core/*/*.c))
GLUE_OBJS   = $(patsubst %.c,%.o,$(wildcard src/pg/*/*.c))
OBJS        = $(CORE_OBJS) $(GLUE_OBJS)

# Install scripts of releases are frozen; the update from the latest is made from
# what changed and from the install script (src/sql/updates/update.awk).
RELEASED    = 0.1.0
UPDATE      = $(EXTENSION)--$(RELEASED)--$(EXTVERSION).sql
DATA_built  = $(EXTENSION)--$(EXTVERSION).sql $(UPDATE)
DATA        = $(wildcard src/sql/updates/$(EXTENSION)--*.sql)
DOCS        = $(wildcard doc/*.md doc/*.png)

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
ifneq ($(filter check expected,$(MAKECMDGOALS)),)
.PHONY: check expected
check:
	scripts/check.sh $(TOPIC)
expected:
	scripts/check.sh --accept $(TOPIC)
else
include $(PGXS)

# All extensions share the folder that PGXS takes for their documentation.
docmoduledir := extension/$(EXTENSION)

# Backends load libraries with RTLD_GLOBAL: keep the core's names to ourselves.
$(CORE_OBJS): override CFLAGS += -fvisibility=hidden

# It says which version it is.
src/pg/support/extension.o src/pg/support/extension.bc: crm_ext.control

# The subjects of a workspace travel as the bodies of functions.
$(EXTENSION)--$(EXTVERSION).sql: $(SQL_PARTS) src/sql/type.awk src/sql/state.awk $(STATES) $(SUBJECT_PARTS) crm_ext.control Makefile
	{ cat $(firstword $(SQL_PARTS)); \
	  sh $(srcdir)/src/workspace/embed.sh $(SUBJECTS); \
	  awk -f $(srcdir)/src/sql/state.awk $(STATES); \
	  awk -f $(srcdir)/src/sql/type.awk $(wordlist 2,$(words $(SQL_PARTS)),$(SQL_PARTS)); } > $@.tmp
	mv $@.tmp $@

$(UPDATE): $(EXTENSION)--$(EXTVERSION).sql $(wildcard src/sql/updates/*)
	awk -f $(srcdir)/src/sql/updates/update.awk $(srcdir)/src/sql/updates/changes-$(RELEASED)--$(EXTVERSION).sql \
	  $(srcdir)/src/sql/updates/$(EXTENSION)--$(RELEASED).sql $< > $@.tmp
	mv $@.tmp $@

# The archive for PGXN: what git has, without what .gitattributes leaves out.
.PHONY: dist
dist:
	git archive --format zip --prefix=$(EXTENSION)-$(EXTVERSION)/ -o $(EXTENSION)-$(EXTVERSION).zip HEAD

-include $(OBJS:.o=.d)

include $(srcdir)/test/core.mk
endif
