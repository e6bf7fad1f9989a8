
# make              builds build/ngx_http_actor_token_module.so
# make run          starts the demo gateway, installing what it needs
# make stop         stops it
# make test         runs the tests, installing what they need
# make test-unit    runs the tests of the core, and makes allocations fail
# make test-fault   lets the module run out of memory in a whole nginx
# make test-metrics shows the metrics to Prometheus and to a browser
# make test-issuer  runs against a real issuer, and rotates keys under load;
#                   LOAD_SECONDS= is another time for that than 60
# make test-asan    runs them with address and undefined-behaviour sanitizers
# make test-static  builds the module into nginx in many ways, and runs them;
#                   BUILDS= has some of them, as "gcc-full gcc-bare"
# make test-matrix  as root, runs them in fresh chroots: of Debian 12, 13 and
#                   forky, with clang, with the module built into nginx, and
#                   into one that lacks a lot; MATRIX= has some of these rows,
#                   as "trixie clang"; FRESH=1 makes the chroots anew, and
#                   does not unpack those of the last time
# make test-deb     builds Debian's package in each suite, and uses it there;
#                   SUITES= names others than bookworm, trixie and forky
# make test-rpm     builds the RPM, as far as Debian can
# make test-image   builds the image of packaging/Dockerfile
# make fuzz         runs each fuzzer for SECONDS
# make coverage     says which lines no test has run
# make bench        measures what it costs, and writes docs/performance.md;
#                   BENCH=quick takes a minute and writes nothing
# make lint         analyses the sources, and looks at their form
# make page         puts the page of src/page into its C file
# make screenshot   draws docs/metrics.png
# make deb          builds Debian's package in build/deb
# make install      copies the module to where nginx looks for it
# make clean        removes build/
#
#   NGX_SRC=      another source tree of nginx than nginx-dev's
#   NGX_BIN=      another nginx than the one in the path
#   CC=           another compiler; CC_OPT= and LD_OPT= add flags
#   MODULES_PATH= another folder for make install; DESTDIR= stands before it
#   DEMO_PORT=    another port for the demo than 8080
#   TESTS=        only these tests; PROVE_FLAGS= adds options of prove
#   SECONDS=      another time for each fuzzer than 60

MODULE = ngx_http_actor_token_module
SO     = build/$(MODULE).so
PAGE   = ngx_http_actor_token_page

PATH := $(PATH):/usr/local/sbin:/usr/sbin

NGX_SRC   ?= /usr/share/nginx/src
NGX_BIN   ?= $(or $(shell command -v nginx),nginx)
DEMO_PORT ?= 8080
TESTS     ?= t
SECONDS   ?= 60

MODULES_PATH ?= $(shell NGX_BIN='$(NGX_BIN)' .ci/modules-path)

export PATH CC CC_OPT LD_OPT NGX_BIN NGX_SRC DEMO_PORT


.PHONY: build run stop test test-unit test-fault test-metrics test-issuer \
        test-asan test-static test-matrix test-deb test-rpm test-image fuzz \
        coverage bench lint page screenshot deb install clean help force

build: $(SO)

$(SO): build/objs/Makefile $(wildcard *.c src/*.[ch])
	@echo building $@, log in build/make.log
	@$(MAKE) -C build/nginx -f ../objs/Makefile modules >build/make.log 2>&1 \
	    || { cat build/make.log >&2; exit 1; }
	@cp build/objs/$(MODULE).so $@.new && mv $@.new $@

build/objs/Makefile: config build/inputs .ci/configure
	@.ci/configure

build/inputs: force
	@mkdir -p build
	@.ci/configure --inputs >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

run:
	@.ci/packages run --install
	@$(MAKE) --no-print-directory build
	@demo/run

stop:
	@demo/run stop

test:
	@.ci/packages test --install
	@$(MAKE) --no-print-directory build
	@.ci/test $(PROVE_FLAGS) -r $(TESTS)

test-unit:
	@.ci/packages unit --install
	@t/unit/run $(PROVE_FLAGS)

test-metrics:
	@.ci/packages metrics --install
	@$(MAKE) --no-print-directory build
	@.ci/test $(PROVE_FLAGS) t/metrics/page.pl t/metrics/prometheus.pl

test-fault:
	@t/fault/run $(PROVE_FLAGS)

test-issuer:
	@.ci/packages issuer --install
	@$(MAKE) --no-print-directory build
	@t/issuer/run $(PROVE_FLAGS)

test-asan:
	@.ci/test-asan $(PROVE_FLAGS) -r $(TESTS)

test-static:
	@.ci/static

test-matrix:
	@.ci/matrix $(MATRIX)

test-deb:
	@.ci/test-deb $(SUITES)

test-rpm:
	@.ci/packages rpm --install
	@.ci/test-rpm

test-image:
	@.ci/packages image --install
	@.ci/test-image

fuzz:
	@.ci/packages fuzz --install
	@t/fuzz/run $(SECONDS)

coverage:
	@.ci/coverage $(PROVE_FLAGS) -r $(TESTS)

bench:
	@.ci/packages bench --install
	@$(MAKE) --no-print-directory build
	@t/bench/run

lint:
	@.ci/packages lint --install
	@$(MAKE) --no-print-directory build
	@.ci/lint

page:
	@mkdir -p build
	@.ci/page >build/page.c && mv build/page.c src/$(PAGE).c

screenshot:
	@.ci/packages metrics --install
	@$(MAKE) --no-print-directory build
	@t/metrics/screenshot

deb:
	@.ci/packages deb --install
	@.ci/deb

install: $(SO)
	@test -n "$(MODULES_PATH)"
	install -d "$(DESTDIR)$(MODULES_PATH)"
	install -m 644 $(SO) "$(DESTDIR)$(MODULES_PATH)"
	@echo 'nginx.conf needs: load_module $(MODULES_PATH)/$(MODULE).so;'

clean: stop
	rm -rf build

help:
	@sed -n 's/^# \{0,1\}//p' Makefile
