.PHONY: run demo test check bench measure build
CORPUS ?= ../shared/corpus

run:
	scripts/run serve

demo:
	scripts/run demo

build:
	scripts/build

test:
	scripts/test

check:
	scripts/check

bench:
	scripts/build bench

measure:
	scripts/measure "$(CORPUS)"
