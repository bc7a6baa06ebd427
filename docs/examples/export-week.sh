#!/usr/bin/env bash
# Writes the interviews of a week, or of any other span, as CSV to standard output. It needs curl and a token with the
# scope events:read. A refusal is printed as the server sent it, and ends the script with 22, as curl does.
#
#   PANELIST_TOKEN=pnl_… docs/examples/export-week.sh 2030-03-04 2030-03-11 > week.csv
set -euo pipefail

url=${PANELIST_URL:-http://127.0.0.1:3000}
token=${PANELIST_TOKEN:?"is not set: an API token with the scope events:read"}
from=${1:?"the first day is missing, as in: export-week.sh 2030-03-04 2030-03-11"}
to=${2:?"the day after the last is missing, as in: export-week.sh 2030-03-04 2030-03-11"}

# In a file curl overwrites what a busy server said before it tried again; on standard output that would stay.
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
status=0

# The token is read from standard input, because everybody on a machine sees the arguments of its programs.
curl --silent --show-error --fail-with-body --retry 3 --output "$answer" --header @- --get "$url/api/events/export" \
  --data-urlencode format=csv \
  --data-urlencode "startsAfter=${from}T00:00:00Z" \
  --data-urlencode "startsBefore=${to}T00:00:00Z" \
  --data-urlencode sort=startsAt <<< "authorization: Bearer $token" || status=$?
cat "$answer"
exit "$status"
