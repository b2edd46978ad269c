# azdns -- keeps Azure DNS in step with a Kubernetes cluster.
# `make help` lists the targets.  Objects go below build/, variants below
# build/VARIANT (SAN=address,undefined: build/san, CC=clang: build/clang).

PROGRAMS = k8s-watch endpoints plan azdns-apply aztoken healthz
SIMS     = kube-sim azure-sim

# What each program links besides lib.
LIBS_k8s-watch   = -lcurl -ljq -lyaml -lcrypto
LIBS_endpoints   = -ljq -lidn2 -lseccomp
LIBS_plan        = -ljq -lidn2 -lseccomp -lcrypto
LIBS_azdns-apply = -lcurl -ljq -lidn2 -lz -lcrypto
LIBS_aztoken     = -lcurl -ljq -lcrypto
LIBS_healthz     = -ljq
LIBS_kube-sim    = -lmicrohttpd -lgnutls -lz -ljq -lyaml -lssl -lcrypto -lidn2 -lpthread
LIBS_azure-sim   = -lmicrohttpd -lgnutls -lz -ljq -lssl -lcrypto -lidn2 -lpthread
LIBS_unit        = -lcurl -ljq -lidn2 -lseccomp -lcrypto

PREFIX  = /usr/local
VERSION = 0.1.0
V       =
B       = build$(if $(SAN),/san,$(if $(filter clang%,$(CC)),/clang))

CFLAGS  ?= -O2 -g
WARN     = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wcast-qual -Wpointer-arith \
	-Wformat=2 -Wvla -Wundef -Wimplicit-fallthrough $(if $(WERROR),-Werror)
HARDEN   = -fstack-protector-strong -fPIE -ffunction-sections -fdata-sections \
	$(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all,-D_FORTIFY_SOURCE=2)
LINK     = -pie -Wl,-z,relro,-z,now,--gc-sections \
	-Wl,--export-dynamic-symbol=_gnutls_global_init_skip $(if $(SAN),-fsanitize=$(SAN))
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -DAZDNS_VERSION='"$(VERSION)"' \
	$(WARN) $(HARDEN) -MMD -MP $(CFLAGS)

say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2);)

LIB_OBJECTS = $(patsubst %.c,$(B)/%.o,$(wildcard lib/*.c))
SIM_OBJECTS = $(patsubst %.c,$(B)/%.o,$(wildcard tests/sim/*.c))
tool_objects = $(patsubst %.c,$(B)/%.o,$(wildcard tools/$(1)/*.c tools/$(1)/*/*.c))
sim_objects  = $(patsubst %.c,$(B)/%.o,$(wildcard tests/sim/$(1)/*.c)) $(SIM_OBJECTS)
UNIT_TESTS = $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*_test.c))

.SECONDEXPANSION:
.PHONY: all help demo check check-clang lint san measure image bench soak fuzz install \
	clean bless format deps sims unit
.DEFAULT_GOAL := all

all: $(PROGRAMS:%=$(B)/bin/%) ## build the programs into build/bin
sims: $(SIMS:%=$(B)/bin/%) ## build the simulators
unit: $(UNIT_TESTS)

$(B)/libazdns.a: $(LIB_OBJECTS)
	$(call say,AR,$@) rm -f $@ && ar rcs $@ $^

$(PROGRAMS:%=$(B)/bin/%): $$(call tool_objects,$$(@F)) $(B)/libazdns.a
	@mkdir -p $(@D)
	$(call say,LD,$@) $(CC) $(LINK) -o $@ $^ $(LIBS_$(@F)) -lm

$(SIMS:%=$(B)/bin/%): $$(call sim_objects,$$(@F)) $(B)/libazdns.a
	@mkdir -p $(@D)
	$(call say,LD,$@) $(CC) $(LINK) -o $@ $^ $(LIBS_$(@F)) -lm

$(UNIT_TESTS): $(B)/unit/%: $(B)/tests/unit/%.o $(B)/libazdns.a
	@mkdir -p $(@D)
	$(call say,LD,$@) $(CC) $(LINK) -o $@ $^ $(LIBS_unit) -lm

# A program sees lib and its own folder, nothing else.
$(B)/tools/%.o: INCLUDES = -Ilib -Itools/$(word 2,$(subst /, ,$*))
$(B)/tests/sim/%.o: INCLUDES = -Ilib -Itests/sim -Itests/sim/$(word 3,$(subst /, ,$*))
$(B)/lib/%.o $(B)/tests/unit/%.o: INCLUDES = -Ilib

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<) $(CC) $(ALL_CFLAGS) $(INCLUDES) -c -o $@ $<

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

deps: ## install what building and testing need (Debian packages)
	@scripts/deps

demo: ## build, start both simulators, show the ring at work (KEEP=1: stay up)
	@scripts/deps
	@$(MAKE) --no-print-directory -j2 all sims
	@KEEP='$(KEEP)' scripts/demo

check: ## build and run all tests
	@scripts/deps
	@$(MAKE) --no-print-directory -j2 all sims unit
	@scripts/run-tests $(B)

lint: ## formatting, analysers, layers, documents
	@scripts/deps lint
	@scripts/lint

san: ## the tests under AddressSanitizer and UBSan
	@scripts/deps
	@$(MAKE) --no-print-directory -j2 SAN=address,undefined all sims unit
	@scripts/run-tests build/san

# Each harness is tests/fuzz/T_fuzz.c with its corpus.
T = template
S = 60
fuzz: ## libFuzzer for S=60 seconds on T=template or T=line
	@mkdir -p build/fuzz/$(T)
	@clang -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		-std=c17 -D_GNU_SOURCE -DAZDNS_VERSION='"$(VERSION)"' -Ilib -Itools/endpoints \
		-o build/fuzz/$(T)_fuzz tests/fuzz/$(T)_fuzz.c \
		$(filter-out %/main.c,$(wildcard tools/endpoints/*.c tools/endpoints/*/*.c)) \
		lib/*.c $(LIBS_unit) -lm
	@build/fuzz/$(T)_fuzz -max_total_time=$(S) \
		-artifact_prefix=build/fuzz/ build/fuzz/$(T) tests/fuzz/corpus/$(T)

check-clang: ## build with clang, warnings as errors
	@$(MAKE) --no-print-directory -j2 CC=clang WERROR=1 all sims unit

image: ## the file system of the image in build/image
	@scripts/deps image
	@$(MAKE) --no-print-directory -j2 all
	@[ -f build/libcurl/libcurl.so.4 ] || deploy/libcurl build/libcurl
	@rm -rf build/image
	@deploy/rootfs build/image build/libcurl

bench: image ## what it costs, beside the bars; docs/performance.md (QUICK=1: a tenth)
	@scripts/deps bench
	@$(MAKE) --no-print-directory -j2 sims
	@tests/bench/bench $(if $(QUICK),--quick) $(B)

SOAK_S = 1800
soak: image ## SOAK_S=1800 seconds of churn: memory, descriptors, missed changes
	@scripts/deps bench
	@$(MAKE) --no-print-directory -j2 sims
	@tests/bench/soak $(SOAK_S) $(B)

measure: ## figures of the tree's shape
	@scripts/measure

bless: all ## rewrite the expectations of the case folders; review by git diff
	@scripts/gen-cases bless $(B)

format: ## clang-format all C
	@clang-format -i $$(git ls-files '*.c' '*.h')

install: all ## programs, pipeline.sh and man pages below DESTDIR and PREFIX
	@install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	@install -s $(PROGRAMS:%=$(B)/bin/%) $(DESTDIR)$(PREFIX)/bin
	@install pipeline.sh $(DESTDIR)$(PREFIX)/bin
	@install -m 644 pipeline.options pipeline.awk pipeline.unused $(DESTDIR)$(PREFIX)/bin
	@install -m 644 tools/*/*.1 $(DESTDIR)$(PREFIX)/share/man/man1

clean: ## remove build/
	@rm -rf build

-include $(shell find $(B) -name '*.d' 2>/dev/null)
