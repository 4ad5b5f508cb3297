#!/usr/bin/env bash
# Whether a store that grows stays as fast: benchmarks/growth.sh FOLDER TRADES..., for example
#   benchmarks/growth.sh /tmp/growth 100000 1000000 10000000 100000000     (4.8 GB, some ten minutes)
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
. scripts/find-jdk.sh
find_jdk
find_build_tools
mvn -B -q -Pquick -pl benchmarks -am package
exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xms64m \
    -cp "benchmarks/target/lib/*" io.tapekeeper.benchmarks.GrowthBenchmark "$@"
