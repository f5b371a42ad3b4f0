#!/usr/bin/env bash
# Fuzzes every target, or those named, each for a time, several at once, and prints a table of what came of it:
#
#   ops/checks/fuzz.sh 10m            every target for ten minutes, as many at once as there are processors
#   ops/checks/fuzz.sh 2m 4 Http JSON only targets whose name holds one of the words, four at once
#
# Exits 0 when there is no finding. A finding's input is kept as target/fuzz/NAME/crash-*: make it a regression input by
# putting it into src/test/resources/PACKAGE/NAMEInputs/METHOD of its module. What a run has learnt stays in
# target/fuzz/NAME/corpus and is where the next run begins. Each target takes up to 1.4 GiB of memory. It builds first,
# unless BUILT=yes says that nothing has changed since; MAVEN_OPTIONS="-o" builds without the network.
set -uo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
duration=${1:-2m}
jobs=${2:-$(nproc)}
shift $(($# < 2 ? $# : 2))

case $duration in
  *h) seconds=$((${duration%h} * 3600)) ;;
  *m) seconds=$((${duration%m} * 60)) ;;
  *) seconds=${duration%s} ;;
esac
[ "$jobs" -le 8 ] || { echo "jobs: $jobs (expected: at most 8, for the memory)" >&2; exit 2; }

cd "$root" || exit 1
instrument=$(sed -n 's:.*<fuzz.instrument>\(.*\)</fuzz.instrument>.*:\1:p' pom.xml)
targets=()
while read -r file; do
  name=$(basename "$file" .java)
  wanted=$(($# == 0))
  for word in "$@"; do [[ $name == *$word* ]] && wanted=1; done
  [ "$wanted" = 1 ] && targets+=("$file")
done < <(git ls-files --cached --others --exclude-standard '*FuzzTest.java' | sort)
[ ${#targets[@]} -gt 0 ] || { echo "no target matches: $*" >&2; exit 2; }

if [ -z "${BUILT:-}" ]; then
  echo "building" >&2
  mvn -B -q ${MAVEN_OPTIONS:-} test-compile dependency:build-classpath -Dmdep.outputFile=target/fuzz.classpath \
    -Dmdep.includeScope=test >&2 || exit 1
fi

run() { # the target's file
  local file=$1 module name class dir
  module=${file%%/src/test/java/*}
  class=${file#*/src/test/java/}
  class=${class%.java}
  name=${class##*/}
  dir=$root/$module/target/fuzz/$name
  mkdir -p "$dir/corpus"
  rm -f "$dir"/crash-* "$dir"/timeout-* "$dir"/oom-*
  (cd "$root/$module" && exec nice -n 19 java -Xmx512m --enable-native-access=ALL-UNNAMED -XX:+EnableDynamicAgentLoading \
    -Dio.netty.leakDetection.level=paranoid -cp "target/test-classes:target/classes:$(<target/fuzz.classpath)" \
    com.code_intelligence.jazzer.Jazzer "--target_class=${class//\//.}" "--instrumentation_includes=${instrument//,/:}" \
    "--custom_hook_includes=${instrument//,/:}" "--reproducer_path=$dir" "$dir/corpus" -max_total_time="$seconds" \
    -timeout=20 -print_final_stats=1 "-artifact_prefix=$dir/") >"$dir/log" 2>&1
  echo $? >"$dir/status"
}
export -f run
export root seconds instrument

echo "fuzzing ${#targets[@]} targets for $duration each, $jobs at once" >&2
printf '%s\n' "${targets[@]}" | xargs -P "$jobs" -I{} bash -c 'run {}'

findings=0
printf '%-32s %14s %9s %9s\n' target executions "per s" findings
for file in "${targets[@]}"; do
  name=$(basename "$file" .java)
  dir=${file%%/src/test/java/*}/target/fuzz/$name
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$dir/log" | tail -1)
  rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$dir/log" | tail -1)
  found=$(find "$dir" -maxdepth 1 \( -name 'crash-*' -o -name 'timeout-*' -o -name 'oom-*' \) | wc -l)
  # Anything but a run to the end of its time is a finding too: see the log.
  [ "$found" -gt 0 ] || [ "$(<"$dir/status")" = 0 ] || found=1
  findings=$((findings + found))
  printf '%-32s %14s %9s %9s\n' "$name" "${executions:-?}" "${rate:-?}" "$found"
  [ "$found" = 0 ] || echo "    see $dir/log"
done
[ "$findings" = 0 ]
