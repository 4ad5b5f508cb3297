# Sourced by ./tapekeeper, ./verify and the benchmarks: finds the JDK and the build tools, or reports plainly what is
# missing.

fail() {
    echo "tapekeeper: $*" >&2
    exit 3
}

# Sets version to the major version of the JDK in folder $1, or to 0. Starts no process, because there are several
# folders to examine and every start waits for this.
jdk_version() {
    local line
    version=0
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
    while IFS= read -r line; do
        case $line in
        JAVA_VERSION=\"[0-9]*)
            line=${line#*\"}
            version=${line%%[!0-9]*}
            ;;
        esac
    done <"$1/release"
}

# Sets JAVA_HOME to a JDK 21 or newer: the one that JAVA_HOME names, else the one on PATH, else the newest in the usual
# folders.
find_jdk() {
    local candidate version best="" best_version=0
    for candidate in "${JAVA_HOME:-}" path; do
        if [ "$candidate" = path ]; then
            candidate=$(command -v java) || continue
            candidate=$(readlink -f "$candidate")
            candidate=${candidate%/bin/java}
        fi
        jdk_version "$candidate"
        if [ "$version" -ge 21 ]; then
            JAVA_HOME=$candidate
            JDK_VERSION=$version
            export JAVA_HOME
            return
        fi
    done
    for candidate in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "${HOME:-/nowhere}"/.sdkman/candidates/java/* \
        "${HOME:-/nowhere}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*; do
        jdk_version "$candidate"
        if [ "$version" -gt "$best_version" ]; then
            best=$candidate
            best_version=$version
        fi
    done
    [ "$best_version" -ge 21 ] ||
        fail "no JDK 21 or newer found. Install one (for example apt install openjdk-21-jdk) or set JAVA_HOME to it."
    JAVA_HOME=$best
    JDK_VERSION=$best_version
    export JAVA_HOME
}

# Checks what a build needs besides the JDK.
find_build_tools() {
    command -v mvn >/dev/null || fail "Maven is needed to build. Install it (for example apt install maven)."
    command -v node >/dev/null && command -v npm >/dev/null ||
        fail "Node.js 20 or newer with npm is needed to build the page. Install it (for example from nodejs.org or apt install nodejs npm)."
    local node_major
    node_major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
    [ "$node_major" -ge 20 ] ||
        fail "Node.js 20 or newer is needed to build the page, but this is $(node --version). Install a newer version."
    # Keeps the JDK from warning about Maven's own libraries.
    MAVEN_OPTS="${MAVEN_OPTS:-} --enable-native-access=ALL-UNNAMED"
    [ "$JDK_VERSION" -lt 23 ] || MAVEN_OPTS="$MAVEN_OPTS --sun-misc-unsafe-memory-access=allow"
    export MAVEN_OPTS
}
