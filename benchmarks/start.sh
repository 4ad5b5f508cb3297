#!/usr/bin/env bash
# How long ./tapekeeper takes to start: benchmarks/start.sh [RUNS of each, default 10]
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
. scripts/find-jdk.sh
find_jdk
./tapekeeper --version # builds it where that was not done yet
jars=app/target/run/$(cat app/target/run/current)
# A source file of its own: what is measured has the machine to itself, without a Maven.
exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -cp "$jars/*" \
    benchmarks/src/main/java/io/tapekeeper/benchmarks/StartBenchmark.java "$@"
