#!/usr/bin/env bash
# Counts the main Java of each module: files, lines, statements, the largest file, the longest method.
# A statement is a line that ends in ";" or opens a block, imports and comments left out. The sources are formatted, so
# a method runs from the line that opens it to the "}" at the same indentation.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
modules=$(sed -n 's|.*<module>\(.*\)</module>.*|\1|p' pom.xml | sort -u)

count() { # the files named on standard input
    xargs -r awk '
        FNR == 1 { files++; if (fileLines > largest) { largest = fileLines; largestIn = file }; file = FILENAME; method = "" }
        { lines++; fileLines = FNR; text = $0; sub(/[ \t]+\/\/.*$/, "", text) }
        text !~ /^[ \t]*(import|package) / && text !~ /^[ \t]*(\*|\/\*|\/\/)/ && text ~ /(;|\{|\{\})[ \t]*$/ { statements++ }
        method == "" && text ~ /^(    |        )[^ ].*\(/ && text !~ /^ *(if|for|while|switch|try|synchronized|return|new|throw|\/?\*|\/\/|@|\})/ && text !~ /;[ \t]*$/ && text !~ /=/ {
            match(text, /^ */); indent = RLENGTH; method = text; began = FNR
            if (text ~ /\}[ \t]*$/) { method = "" }
        }
        method != "" && FNR > began {
            match(text, /^ */)
            if (RLENGTH == indent && text ~ /^ *\}/) {
                size = FNR - began + 1
                if (size > longest) { longest = size; longestIn = file ":" began }
                method = ""
            }
            if (RLENGTH == indent && text ~ /;[ \t]*$/) { method = "" }
        }
        END {
            if (fileLines > largest) { largest = fileLines; largestIn = file }
            sub(/.*\//, "", largestIn); sub(/.*\//, "", longestIn)
            printf "%d\t%d\t%d\t%d %s\t%d %s\n", files, lines, statements, largest, largestIn, longest, longestIn
        }'
}

row() { printf '%-12s %6s %7s %11s   %-34s %s\n' "$@"; }

row module files lines statements "largest file" "longest method"
for module in $modules; do
    files=$(find "$module/src/main/java" -name "*.java" 2>/dev/null | sort || true)
    [ -n "$files" ] || continue
    IFS=$'\t' read -r n lines statements largest longest < <(count <<<"$files")
    row "$module" "$n" "$lines" "$statements" "$largest" "$longest"
done
IFS=$'\t' read -r n lines statements largest longest < <(
    for module in $modules; do
        case $module in exchange | benchmarks | clients) ;; *) find "$module/src/main/java" -name '*.java' 2>/dev/null || true ;; esac
    done | sort | count
)
row product "$n" "$lines" "$statements" "$largest" "$longest"
echo "product: all modules but exchange, benchmarks and clients"
