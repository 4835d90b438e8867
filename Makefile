PREFIX ?= $(HOME)/.local
SHARE = $(DESTDIR)$(PREFIX)/share/evolvishub-cdc
BIN = $(DESTDIR)$(PREFIX)/bin
COMPLETIONS = $(DESTDIR)$(PREFIX)/share/bash-completion/completions

.DEFAULT_GOAL := help
.PHONY: help build quick test it fmt explain quickstart bench install uninstall

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

build: ## compile and package, no tests
	./mvnw -q -DskipTests package

quick: ## compile, unit tests, architecture tests: for frequent use
	./mvnw -q test

test: quick ## same as quick

it: ## all tests; a server that cannot be started fails them
	./mvnw verify -Dservers.required=true

fmt: ## format the sources
	./mvnw -q spotless:apply

explain: ## print the plan of a file: make explain CONFIG=examples/multi_customer_views.yaml
	@test -n "$(CONFIG)" || { echo "which file? make explain CONFIG=FILE" >&2; exit 2; }
	bin/evolvishub-cdc explain --offline -c $(CONFIG)

quickstart: ## synchronize five views on this machine
	bin/evolvishub-cdc quickstart

bench: ## initial load compared with psql's COPY, as a ratio
	bench/run

install: build ## put evolvishub-cdc on the PATH: make install PREFIX=~/.local
	install -d $(SHARE)/lib $(SHARE)/examples $(BIN) $(COMPLETIONS)
	rm -f $(SHARE)/lib/*.jar
	install -m 644 job/target/dist/lib/*.jar quickstart/target/dist/lib/*.jar $(SHARE)/lib
	install -m 644 examples/* $(SHARE)/examples
	install -m 755 bin/evolvishub-cdc $(BIN)/evolvishub-cdc
	$(BIN)/evolvishub-cdc generate-completion > $(COMPLETIONS)/evolvishub-cdc
	@case ":$$PATH:" in *":$(PREFIX)/bin:"*) ;; *) echo "$(PREFIX)/bin is not on the PATH yet" ;; esac

uninstall: ## remove what install has put there
	rm -rf $(SHARE)
	rm -f $(BIN)/evolvishub-cdc $(COMPLETIONS)/evolvishub-cdc
