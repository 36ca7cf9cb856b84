# dynamo: builds, checks and installs the library. For GNU make.
#
#     make                the static and the shared library, in build/
#     make demo           runs examples/demo.c against a local DynamoDB, which is fetched and started for it
#     make check          runs the tests, those that need a DynamoDB against a local one
#     make tools          the command line tools of examples/, which make install installs too
#     make bench          measures what the library costs beside libcurl alone; bench-peers: and AWS's SDKs; plots
#     make fuzz           has clang's libFuzzer look for inputs that go wrong, FUZZ_SECONDS (60) for each target
#     make soak           calls without end, SOAK_CALLS (1000000), at a server that fails now and then
#     make man NAME=dynamo_put_item
#     make install        to PREFIX, below DESTDIR where that is set; make uninstall takes it away again
#     make static         the examples as programs without a shared library, on Debian: with musl, TLS in them
#     make dist           packs the sources; make amalgamation joins them to one dynamo.c and dynamo.h, in build/
#     make clean          removes build/; make distclean also what was fetched
#
# All variables set with ?= may be set in the environment, on the command line, or in a file config.mk.
# Programs of one's own need none of this: *.c and *.h of this folder can be dropped into another tree.

-include config.mk

PREFIX       ?= /usr/local
INCLUDEDIR   ?= $(PREFIX)/include
LIBDIR       ?= $(PREFIX)/lib
PKGCONFIGDIR ?= $(LIBDIR)/pkgconfig
MANDIR       ?= $(PREFIX)/share/man
BINDIR       ?= $(PREFIX)/bin

AR         ?= ar
PKG_CONFIG ?= pkg-config
# For size: against -O2 the library is an eighth smaller, and a GetItem takes 1.5% more instructions. Tables to unwind
# by would add another sixth (21 KB to a program). No call is a cancellation point, and no exception may leave a
# callback; debuggers and valgrind have what -g tells. A crash reporter that calls backtrace() in a stripped program
# ends at the library's frames: where that matters, give CFLAGS without the last flag.
CFLAGS     ?= -Os -g -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables
WARNINGS   ?= -Wall -Wextra -Wpedantic -Wshadow -Wconversion
BUILD      ?= build
# The local server of demo and check: dynamodb-local or dynalite.
SERVER     ?= dynamodb-local

CURL_CFLAGS    ?= $(shell $(PKG_CONFIG) --cflags libcurl 2>/dev/null)
CURL_LIBS      ?= $(shell $(PKG_CONFIG) --libs libcurl 2>/dev/null || echo -lcurl)
JANSSON_CFLAGS ?= $(shell $(PKG_CONFIG) --cflags jansson 2>/dev/null)
JANSSON_LIBS   ?= $(shell $(PKG_CONFIG) --libs jansson 2>/dev/null || echo -ljansson)
# mbedTLS before 3.6 comes without a file for pkg-config; the cryptographic library of mbedTLS 4 is TF-PSA-Crypto.
MBEDTLS         = $(shell for name in mbedcrypto tfpsacrypto; do \
	$(PKG_CONFIG) --exists $$name 2>/dev/null && echo $$name && break; done)
MBEDTLS_CFLAGS ?= $(shell $(PKG_CONFIG) --cflags $(MBEDTLS) 2>/dev/null)
MBEDTLS_LIBS   ?= $(shell $(PKG_CONFIG) --libs $(MBEDTLS) 2>/dev/null || echo -lmbedcrypto)
CMOCKA_CFLAGS  ?= $(shell $(PKG_CONFIG) --cflags cmocka 2>/dev/null)
CMOCKA_LIBS    ?= $(shell $(PKG_CONFIG) --libs cmocka 2>/dev/null || echo -lcmocka)

VERSION = $(shell sed -n 's/^\#define DYNAMO_VERSION "\(.*\)"/\1/p' dynamo.h)
SOVERSION = 0

HEADERS = dynamo.h dynamo_internal.h
SOURCES = buffer.c errors.c clock.c sigpipe.c file.c checksum.c sha1.c hash.c uuid.c number.c binary.c text.c xml.c \
	decode.c marshal.c shape.c page.c sigv4.c ecdsa.c profile.c endpoint.c keys.c config.c deadline.c retry.c \
	skew.c handle.c fetch.c process.c container.c metadata.c token_file.c sts.c role.c sign_in.c sso.c dpop.c \
	login.c credentials.c share.c pool.c transport.c request.c rules.c shorthand.c operations.c account.c \
	answer.c client.c describe.c call.c items.c series.c batch.c wait.c dynamo.c
OBJECTS = $(SOURCES:%.c=$(BUILD)/%.o)
ARCHIVE = $(BUILD)/libdynamo.a

# unit_memory leads the library's calls to functions of its own, which Apple's linker can't: it isn't tried there.
ifeq ($(shell uname -s), Darwin)
NO_TESTS = test/unit_memory.c
endif

# Tests that need no server but their own, tests that need a DynamoDB, and what both share; scripts that try the tools,
# and the programs that these need.
TESTS   = $(filter-out $(NO_TESTS), $(wildcard test/unit_*.c)) $(wildcard test/live_*.c)
HELPERS = $(filter-out $(TESTS) $(NO_TESTS) $(TOOL_TEST_PROGRAMS:$(BUILD)/%=%.c) test/soak.c, $(wildcard test/*.c))
PROGRAMS = $(TESTS:%.c=$(BUILD)/%)
TOOL_TESTS = $(wildcard test/tool_*.sh)
TOOL_TEST_PROGRAMS = $(BUILD)/test/port $(BUILD)/test/pty $(BUILD)/test/scripted

# Programs for clang's libFuzzer, which are built apart from all else.
FUZZERS = $(patsubst %.c, $(BUILD)/%, $(wildcard test/fuzz/*.c))
FUZZ_CC      ?= clang
FUZZ_SECONDS ?= 60
FUZZ_RUNS    ?= 20000

# The examples that have a page of section 1 are tools, and installed.
EXAMPLES = $(patsubst %.c, $(BUILD)/%, $(wildcard examples/*.c))
TOOLS    = $(patsubst man/%.1, $(BUILD)/examples/%, $(wildcard man/*.1))

PAGES = $(wildcard man/*.[135])

FLAGS   = $(CPPFLAGS) $(CURL_CFLAGS) $(JANSSON_CFLAGS) $(MBEDTLS_CFLAGS)
COMPILE = $(CC) -std=c11 -pthread $(WARNINGS) -I. $(FLAGS) $(CFLAGS)
# Only what dynamo.h declares is seen outside of the library.
HIDE = -fPIC -fvisibility=hidden '-DDYNAMO_API=__attribute__((visibility("default")))'
LIBS = $(CURL_LIBS) $(JANSSON_LIBS) $(MBEDTLS_LIBS) -lpthread

ifeq ($(shell uname -s), Darwin)
SHARED = libdynamo.$(SOVERSION).dylib
SHARED_LINKS = libdynamo.dylib
SHARED_LDFLAGS = -dynamiclib -install_name $(LIBDIR)/$(SHARED) -compatibility_version 1 -current_version 1.$(VERSION)
else
SHARED = libdynamo.so.$(VERSION)
SHARED_LINKS = libdynamo.so.$(SOVERSION) libdynamo.so
# The tables are full of pointers: packed, their relocations take 1 KB in place of 40. The target's glibc reads that
# from 2.36 on; the compiler is asked, which may be one for another machine, or for musl.
PACK_RELOCATIONS = $(shell printf '\043include <features.h>\nlibc __GLIBC__ __GLIBC_MINOR__\n' | \
	$(CC) -E -P - 2>/dev/null | awk '$$1 == "libc" { glibc = $$2 * 100 + $$3 >= 236 } END { exit !glibc }' && \
	$(CC) -Wl,--help 2>/dev/null | grep -q pack-relative-relocs && echo -Wl,-z,pack-relative-relocs)
SHARED_LDFLAGS = -shared -Wl,-soname,libdynamo.so.$(SOVERSION) -Wl,--version-script,$(BUILD)/dynamo.map -Wl,-z,defs \
	-Wl,--gc-sections $(PACK_RELOCATIONS)
endif

# What the scripts below test/ are told of the build.
TELL = BUILD='$(BUILD)' CC='$(CC)' CFLAGS='$(CFLAGS)' WARNINGS='$(WARNINGS)' SERVER='$(SERVER)' \
	FLAGS='$(FLAGS)' LIBS='$(LDFLAGS) $(LIBS)'

MAKEFLAGS += --no-print-directory

.PHONY: all archive static shared tools examples demo check check-units check-programs check-asan check-tsan \
	check-threads check-valgrind check-oracle soak fuzz check-fuzz fuzz-build fuzz-programs check-botocore check-matrix \
	check-symbols check-header check-warnings check-analysis check-vendor check-man check-install check-static \
	check-dist check-size record-size check-instructions check-kills record-instructions bench bench-programs bench-peers \
	plots man install uninstall amalgamation dist clean distclean

# ---- The library -----------------------------------------------------------------------------------------------------

all: archive shared

archive: $(ARCHIVE)

shared: $(BUILD)/$(SHARED)

$(BUILD)/%.o: %.c $(HEADERS)
	@mkdir -p $(@D)
	$(COMPILE) $(HIDE) -c -o $@ $<

$(ARCHIVE): $(OBJECTS)
	rm -f $@
	$(AR) rcs $@ $(OBJECTS)

# The functions that dynamo.h declares.
$(BUILD)/dynamo.names: dynamo.h
	@mkdir -p $(@D)
	sed -n 's/^DYNAMO_API [^(]*\(dynamo_[a-z0-9_]*\)(.*/\1/p' dynamo.h >$@

$(BUILD)/dynamo.map: $(BUILD)/dynamo.names
	{ echo 'DYNAMO_$(SOVERSION) { global:'; sed 's/$$/;/' $(BUILD)/dynamo.names; echo 'local: *; };'; } >$@

$(BUILD)/$(SHARED): $(OBJECTS) $(BUILD)/dynamo.map
	$(CC) $(CFLAGS) $(LDFLAGS) $(SHARED_LDFLAGS) -o $@ $(OBJECTS) $(LIBS)
	cd $(BUILD) && for link in $(SHARED_LINKS); do ln -sf $(SHARED) $$link; done

# ---- The benchmark ---------------------------------------------------------------------------------------------------

# The rules stand before those for tests, whose pattern fits too: an old make takes the first.
BENCH_NAMES = server floor library micro items launch one_call no_call
ifeq ($(shell uname -s), Darwin)
DROP_UNUSED = -Wl,-dead_strip
else
DROP_UNUSED = -Wl,--gc-sections
BENCH_NAMES += allocations
endif
BENCH = $(BUILD)/test/bench
BENCH_OBJECT = $(BENCH)/bench.o
# The benchmark's own code at -O2, so that it takes as little as it can of what is measured; the library as it is built.
BENCH_COMPILE = $(COMPILE) -O2

$(BENCH_OBJECT): test/bench/bench.c test/bench/bench.h
	@mkdir -p $(@D)
	$(BENCH_COMPILE) -c -o $@ $<

# libcurl alone: what starts and lies in memory with it is the floor too.
$(BENCH)/floor: test/bench/floor.c $(BENCH_OBJECT)
	$(BENCH_COMPILE) $(LDFLAGS) -o $@ $< $(BENCH_OBJECT) $(CURL_LIBS) -lpthread

$(BENCH)/allocations: LDFLAGS += $(foreach name, malloc calloc realloc strdup strndup, -Wl,--wrap=$(name))

$(BENCH)/one_call: test/bench/one_call.c $(ARCHIVE)
	@mkdir -p $(@D)
	$(BENCH_COMPILE) $(LDFLAGS) $(DROP_UNUSED) -o $@ $< $(ARCHIVE) $(LIBS)

$(BENCH)/no_call: test/bench/one_call.c
	@mkdir -p $(@D)
	$(BENCH_COMPILE) -DWITHOUT_DYNAMO $(LDFLAGS) $(DROP_UNUSED) -o $@ $< $(LIBS)

$(BENCH)/%: test/bench/%.c $(BENCH_OBJECT) $(ARCHIVE) $(HEADERS)
	$(BENCH_COMPILE) $(LDFLAGS) -o $@ $< $(BENCH_OBJECT) $(ARCHIVE) $(LIBS)

bench-programs: $(addprefix $(BENCH)/, $(BENCH_NAMES))

# About a minute.
bench:
	@CC='$(CC)' test/dependencies build
	@$(MAKE) --silent bench-programs
	@$(TELL) test/bench/run

bench-peers:
	@CC='$(CC)' test/dependencies build
	@$(MAKE) --silent bench-programs
	@$(TELL) test/bench/peers/run

plots:
	@test/bench/plots/draw $(BENCH)/figures $(BENCH)/peers.figures

check-instructions: bench-programs
	@$(TELL) test/check-instructions.sh

record-instructions: bench-programs
	@$(TELL) test/check-instructions.sh record

check-size: $(BENCH)/one_call $(BENCH)/no_call
	@$(TELL) test/check-size.sh

record-size: $(BENCH)/one_call $(BENCH)/no_call
	@$(TELL) test/check-size.sh record

# ---- Tests and examples ----------------------------------------------------------------------------------------------

$(BUILD)/test/libhelpers.a: $(HELPERS:%.c=$(BUILD)/%.o)
	@mkdir -p $(@D)
	rm -f $@
	$(AR) rcs $@ $(HELPERS:%.c=$(BUILD)/%.o)

$(HELPERS:%.c=$(BUILD)/%.o): $(wildcard test/*.h)

$(BUILD)/test/%: test/%.c $(BUILD)/test/libhelpers.a $(ARCHIVE) $(HEADERS) $(wildcard test/*.h)
	$(COMPILE) $(CMOCKA_CFLAGS) $(LDFLAGS) $(WRAP) -o $@ $< $(BUILD)/test/libhelpers.a $(ARCHIVE) \
	    $(CMOCKA_LIBS) $(LIBS) -lm

# A copy of the library of another version, in a shared object.
PLUGIN = $(BUILD)/test/plugin/plugin.so

$(PLUGIN): test/plugin/plugin.c $(SOURCES) $(HEADERS)
	@mkdir -p $(@D)/copy/test/plugin
	cp $(SOURCES) $(HEADERS) $(@D)/copy
	cp test/plugin/plugin.c $(@D)/copy/test/plugin
	sed 's/^#define DYNAMO_VERSION .*/#define DYNAMO_VERSION "99.9.9"/' dynamo.h >$(@D)/copy/dynamo.h
	cd $(@D)/copy && $(CC) -std=c11 -pthread $(FLAGS) $(CFLAGS) $(LDFLAGS) -shared -fPIC \
	    '-DDYNAMO_API=__attribute__((visibility("hidden")))' -o ../plugin.so test/plugin/plugin.c $(SOURCES) $(LIBS)

$(BUILD)/test/unit_process: $(PLUGIN)

# What the library calls is led to functions of the test.
WRAPPED = malloc calloc realloc strdup strndup free read write open fsync fstat mkstemp rename pipe poll socket \
	clock_gettime getentropy pthread_mutex_init pthread_cond_init pthread_condattr_init pthread_condattr_setclock \
	posix_spawn posix_spawn_file_actions_init posix_spawnattr_init
$(BUILD)/test/unit_memory: WRAP = $(foreach name, $(WRAPPED), -Wl,--wrap=$(name))

# A test that makes each allocation of the library fail in turn.
ifneq ($(shell uname -s), Darwin)
$(BUILD)/test/unit_items: override LDFLAGS += $(foreach name, malloc calloc realloc strdup, -Wl,--wrap=$(name))
$(BUILD)/test/unit_items: override CMOCKA_CFLAGS += -DDYNAMO_TEST_WRAP_MALLOC
endif

$(BUILD)/examples/%: examples/%.c $(ARCHIVE) dynamo.h
	@mkdir -p $(@D)
	$(COMPILE) $(LDFLAGS) -o $@ $< $(ARCHIVE) $(LIBS)

examples: $(EXAMPLES)

tools: $(TOOLS)

static:
	@$(TELL) MAKE='$(MAKE)' test/static

check-static:
	@$(TELL) MAKE='$(MAKE)' test/static check

# What is missing comes first; the rest is a make of its own, which finds it.
demo:
	@CC='$(CC)' test/dependencies demo
	@$(MAKE) --silent $(BUILD)/examples/demo
	@test/local-server run $(SERVER) -- $(BUILD)/examples/demo

check:
	@CC='$(CC)' test/dependencies check
	@$(MAKE) --silent examples check-programs

# Those alone that need no server but their own.
check-units: $(filter $(BUILD)/test/unit_%, $(PROGRAMS))
	@test/run-tests $(BUILD)/log $^

check-programs: $(PROGRAMS) $(TOOLS) $(TOOL_TEST_PROGRAMS)
	@BUILD='$(BUILD)' test/local-server run $(SERVER) -- test/run-tests $(BUILD)/log $(PROGRAMS) $(TOOL_TESTS)

SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=undefined

check-asan:
	@UBSAN_OPTIONS=print_stacktrace=1 $(MAKE) --silent BUILD=$(BUILD)/asan LDFLAGS='$(LDFLAGS) $(SANITIZE)' \
	    CFLAGS='-O1 -g -fno-omit-frame-pointer $(SANITIZE)' check-programs

# A minute of 64 threads, then as many at a server that fails and at DynamoDB itself. What libcurl and OpenSSL do among
# themselves isn't instrumented, nor looked at.
TSAN_SECONDS ?= 60

check-tsan:
	@DYNAMO_TEST_SECONDS=$(TSAN_SECONDS) TSAN_OPTIONS=ignore_noninstrumented_modules=1 $(MAKE) --silent \
	    BUILD=$(BUILD)/tsan LDFLAGS='$(LDFLAGS) -fsanitize=thread' CFLAGS='-O1 -g -fsanitize=thread' check-threads

# A table of 100,000 items to a file and back, each way killed 50 times: some two minutes.
check-kills: $(TOOLS)
	@DYNAMO_TEST_ITEMS=100000 DYNAMO_TEST_KILLS=50 BUILD='$(BUILD)' test/local-server run $(SERVER) -- \
	    test/run-tests $(BUILD)/log test/tool_transfer.sh

check-threads: $(BUILD)/test/unit_threads $(BUILD)/test/soak
	@SOAK_THREADS=64 SOAK_CALLS=20000 $(BUILD)/test/soak
	@SOAK_THREADS=64 SOAK_CALLS=10000 SOAK_LIVE=yes test/local-server run $(SERVER) -- $(BUILD)/test/soak
	@test/run-tests $(BUILD)/log $(BUILD)/test/unit_threads

# SOAK_CALLS (1000000): some minutes. Without the threads' caches of glibc's malloc(): what is in them counts as
# allocated.
soak: $(BUILD)/test/soak
	@GLIBC_TUNABLES=glibc.malloc.tcache_count=0 $(BUILD)/test/soak

VALGRIND = valgrind --quiet --leak-check=full --show-leak-kinds=definite,indirect,possible \
	--errors-for-leak-kinds=definite,indirect --error-exitcode=99

# Without the tools: their test starts some 200 programs, four minutes of valgrind. DYNAMO_TEST_WRAPPER serves it too.
check-valgrind:
	@DYNAMO_TEST_WRAPPER='$(VALGRIND)' $(MAKE) --silent TOOL_TESTS= check-programs

# Ten million inputs: some three minutes of two processors.
ORACLE_COUNT ?= 10000000

check-oracle: $(BUILD)/test/unit_oracle
	@DYNAMO_TEST_COUNT=$$(($(ORACLE_COUNT) / 2)) DYNAMO_TEST_TIME_LIMIT=7200 \
	    test/run-tests $(BUILD)/log/half $(BUILD)/test/unit_oracle & half=$$!; \
	DYNAMO_TEST_COUNT=$$(($(ORACLE_COUNT) / 2)) DYNAMO_TEST_TIME_LIMIT=7200 \
	    test/run-tests $(BUILD)/log $(BUILD)/test/unit_oracle; status=$$?; wait $$half && exit $$status

$(BUILD)/test/fuzz/%: test/fuzz/%.c $(BUILD)/test/libhelpers.a $(ARCHIVE) $(HEADERS) $(wildcard test/*.h)
	@mkdir -p $(@D)
	$(COMPILE) -Itest -fsanitize=fuzzer $(LDFLAGS) -o $@ $< $(BUILD)/test/libhelpers.a $(ARCHIVE) $(LIBS) -lm

# FUZZ_SECONDS of each; what was found of use to later runs stays in the build folder.
fuzz:
	@$(MAKE) --silent FUZZ_OPTIONS='-max_total_time=$(FUZZ_SECONDS)' fuzz-build

check-fuzz:
	@$(MAKE) --silent FUZZ_OPTIONS='-runs=$(FUZZ_RUNS)' fuzz-build

fuzz-build:
	@$(MAKE) --silent BUILD=$(BUILD)/fuzz CC='$(FUZZ_CC)' LDFLAGS='$(LDFLAGS) $(SANITIZE)' \
	    CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link $(SANITIZE)' fuzz-programs

fuzz-programs: $(FUZZERS)
	@UBSAN_OPTIONS=print_stacktrace=1 test/run-fuzz '$(FUZZ_OPTIONS)' $(BUILD) $(FUZZERS)

check-botocore: $(ARCHIVE)
	@$(TELL) test/botocore/check

check-symbols: all $(BUILD)/dynamo.names
	@$(TELL) SHARED=$(SHARED) test/check-symbols.sh

# Root's alone, and long: see the script.
check-matrix:
	@$(TELL) test/check-matrix.sh

check-header:
	@$(TELL) test/check-header.sh

check-warnings:
	@$(TELL) test/check-warnings.sh

check-analysis:
	@$(TELL) test/check-analysis.sh

check-vendor: $(ARCHIVE) $(BUILD)/test/libhelpers.a
	@$(TELL) MAKE='$(MAKE)' SOURCES='$(SOURCES)' test/check-vendor.sh

# All of the library as one source and its header, for those who would rather copy two files.
amalgamation:
	@test/amalgamate $(BUILD)/amalgamation $(SOURCES)

check-man: $(ARCHIVE) $(BUILD)/dynamo.names $(TOOLS) $(BUILD)/test/pty
	@$(TELL) test/check-man.sh

check-install: all tools
	@$(TELL) MAKE='$(MAKE)' test/check-install.sh

check-dist:
	@$(TELL) MAKE='$(MAKE)' test/check-dist.sh

# ---- Manual and installation -----------------------------------------------------------------------------------------

# An alias is a page of one line, ".so man3/PAGE.3". The library's page comes before the tool's of the same name, which
# is NAME=dynamo.1.
man:
	@page=`ls man/$(NAME).3 man/$(NAME).5 man/$(NAME).1 man/$(NAME) 2>/dev/null | sort -t . -k 2,2r | sed 1q`; \
	if [ -z "$$page" ]; then echo "There is no page '$(NAME)'. The pages:"; ls man; exit 1; fi; \
	alias=`sed -n '1s|^\.so man[35]/|man/|p' $$page`; \
	page=$${alias:-$$page}; \
	if command -v man >/dev/null; then man ./$$page; else mandoc $$page | $${PAGER:-more}; fi

install: all tools
	mkdir -p $(DESTDIR)$(INCLUDEDIR) $(DESTDIR)$(LIBDIR) $(DESTDIR)$(PKGCONFIGDIR) \
	    $(DESTDIR)$(BINDIR) $(foreach section, 1 3 5, $(DESTDIR)$(MANDIR)/man$(section))
	install -m 644 dynamo.h $(DESTDIR)$(INCLUDEDIR)
	install -m 644 $(ARCHIVE) $(DESTDIR)$(LIBDIR)
	install -m 755 $(TOOLS) $(DESTDIR)$(BINDIR)
	install -m 755 $(BUILD)/$(SHARED) $(DESTDIR)$(LIBDIR)
	for link in $(SHARED_LINKS); do ln -sf $(SHARED) $(DESTDIR)$(LIBDIR)/$$link; done
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
	    -e 's|@VERSION@|$(VERSION)|' -e 's|@CURL_LIBS@|$(CURL_LIBS)|' -e 's|@MBEDTLS_LIBS@|$(MBEDTLS_LIBS)|' \
	    dynamo.pc.in >$(DESTDIR)$(PKGCONFIGDIR)/dynamo.pc
	chmod 644 $(DESTDIR)$(PKGCONFIGDIR)/dynamo.pc
	for page in $(PAGES); do install -m 644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.} || exit 1; done

# Folders are removed only below a DESTDIR, where nobody else's are.
uninstall:
	rm -f $(DESTDIR)$(INCLUDEDIR)/dynamo.h $(DESTDIR)$(PKGCONFIGDIR)/dynamo.pc
	rm -f $(addprefix $(DESTDIR)$(BINDIR)/, $(notdir $(TOOLS)))
	rm -f $(addprefix $(DESTDIR)$(LIBDIR)/, libdynamo.a $(SHARED) $(SHARED_LINKS))
	for page in $(notdir $(PAGES)); do rm -f $(DESTDIR)$(MANDIR)/man$${page##*.}/$$page; done
	[ -z "$(DESTDIR)" ] || for folder in $(INCLUDEDIR) $(PKGCONFIGDIR) $(LIBDIR) $(BINDIR) \
	    $(foreach section, 1 3 5, $(MANDIR)/man$(section)); do \
	    (cd $(DESTDIR) && rmdir -p .$$folder) 2>/dev/null || :; done

# An archive of the sources, in the build folder.
dist:
	@test/dist $(BUILD)

clean:
	rm -rf $(BUILD)

distclean: clean
	rm -rf test/.cache config.mk
