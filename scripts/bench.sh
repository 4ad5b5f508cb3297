#!/usr/bin/env bash
# ./tapekeeper bench: builds the benchmarks if a source has changed, then runs them.
set -euo pipefail
home=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
. "$home/scripts/find-jdk.sh"
find_jdk

lib=$home/benchmarks/target/lib
log=$home/benchmarks/target/build.log

newer() {
    find "$home"/pom.xml "$home"/{core,venues,store,exchange,recorder,dashboard,app,benchmarks} \
        \( -name target -o -name node_modules -o -path '*/src/test' \) -prune -o -type f -newer "$lib/built" -print
}

if [ ! -e "$lib/built" ] || [ -n "$(newer | head -n 1)" ]; then
    find_build_tools
    echo "tapekeeper: building the benchmarks ..." >&2
    mkdir -p "$lib"
    touch "$lib/building"
    if ! (cd "$home" && mvn -B -q -Pquick -pl benchmarks -am package) >"$log" 2>&1; then
        grep -E '^\[ERROR\]' "$log" | head -n 5 >&2 || tail -n 5 "$log" >&2
        fail "the build failed; its full output is in $log"
    fi
    mv "$lib/building" "$lib/built"
fi

"$home/tapekeeper" --version >/dev/null # builds and rehearses first: the benchmarks measure what users start

flags=(--enable-native-access=ALL-UNNAMED)
[ "$JDK_VERSION" -lt 23 ] || flags+=(--sun-misc-unsafe-memory-access=allow)
[ ! -t 2 ] || flags+=(-Dtapekeeper.terminal.err=true)
exec "$JAVA_HOME/bin/java" "${flags[@]}" -cp "$lib/*" io.tapekeeper.benchmarks.Bench \
    --folder="$home/benchmarks/target" --launcher="$home/tapekeeper" --peers="$home/clients/target/lib" "$@"
