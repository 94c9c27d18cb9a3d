#!/usr/bin/env bash
# The daily loop of the films system over HTTP, for cron, a timer or a person: health -> new ratings -> training.
#
#   TAMIS_URL         where the service is                      [default = http://127.0.0.1:8080]
#   TAMIS_TOKEN_FILE  file with the token, where it asks for one
#   FORCE             promote whatever the verdict says         [default = true, as the original does]
#   RATINGS           how many synthetic ratings to generate    [default = 20000]
#   RETRY_SECONDS     how long to wait for a service that is not well, or a training, before asking again
#                                                               [default = 30]
#
# stdout is the last status as JSON. Exit code: 0 done, 1 failed, 75 the service is not well. A second turn on the same
# day repeats nothing: each request carries the day as its idempotency key.
set -euo pipefail
url=${TAMIS_URL:-http://127.0.0.1:8080}
retry=${RETRY_SECONDS:-30}
day=$(date -u +%F)

ask() { # PATH [CURL ARGUMENT...]: the token comes by standard input, so that no process list shows it
  local token=${TAMIS_TOKEN_FILE:+$(head -n 1 "$TAMIS_TOKEN_FILE")}
  printf '%s\n' "${token:+Authorization: Bearer $token}" | curl -sS -f --max-time 120 -H @- "${@:2}" "$url$1"
}

trigger() { # PATH JSON
  ask "$1" -H "Content-Type: application/json" -H "Idempotency-Key: daily-$day-${1//\//}" -d "$2"
}

for attempt in 1 2 3 4 5; do
  if ask /health >/dev/null; then break; fi
  [ "$attempt" -lt 5 ] || exit 75
  sleep "$retry"
done
trigger /generate-ratings/ "{\"batch_size\": ${RATINGS:-20000}}" >&2
trigger /training/ "{\"force\": ${FORCE:-true}}" >&2
while status=$(ask /training/status) && grep -Eq '"status": ?"training"' <<<"$status"; do sleep "$retry"; done
echo "$status"
grep -Eq '"status": ?"completed"' <<<"$status"
