#!/bin/sh
# Archives partitions of the log into files and takes them out of the database, the oldest first; and puts them back.
set -eu
umask 077

usage() {
  cat <<'EOT'
usage: archive-partition.sh archive [--drop] NUMBER DIRECTORY
       archive-partition.sh archive [--drop] --older-than INDEX DIRECTORY
       archive-partition.sh attach NUMBER|FILE

archive  writes log_entry_NUMBER, or every partition that ends at INDEX or before, into a file of DIRECTORY, reads the
         file back and compares it, detaches the partition and compares once more: were details erased meanwhile, remove the
         file, attach NUMBER, and begin anew. With --drop it drops the table; without, that stays where it is, beside
         the log.
         It must be the oldest partition, below the latest checkpoint and projected.
attach   puts it back: the detached table that is still there, or a new one that is filled from FILE.

The file is an export as GET /v1/events/export gives it, so ./broker verify reads it. Needs psql and sha256sum, and
connects as the schema's owner by the environment of libpq: PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSFILE.
EOT
}

say() { printf '%s\n' "archive-partition: $*" >&2; }

refuse() {
  say "$*"
  exit 1
}

sql() { psql -X -q -A -t -F ' ' -v ON_ERROR_STOP=1 "$@"; }

is_number() {
  case $1 in
    '' | *[!0-9]*) return 1 ;;
  esac
}

# Number, first index, index behind the last, and whether a detaching was begun; the lowest first.
partitions() {
  sql <<'SQL'
SELECT substring(c.relname FROM '^log_entry_([0-9]+)$'), bound[1], bound[2], i.inhdetachpending
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid,
  regexp_match(pg_get_expr(c.relpartbound, c.oid), '\(''([0-9]+)''\) TO \(''([0-9]+)''\)') AS bound
WHERE i.inhparent = 'sallyport.log_entry'::regclass ORDER BY bound[1]::bigint
SQL
}

# How many entries of a table have the leaf hash that the log's tree was made of.
fitting() {
  sql <<SQL
SELECT count(*) FROM sallyport.log_entry_$1 e
JOIN (SELECT first + i AS index, substring(hashes FROM 32 * i + 1 FOR 32) AS hash
      FROM sallyport.log_hash, generate_series(0, octet_length(hashes) / 32 - 1) AS i
      WHERE first < $3 AND first >= (SELECT max(first) FROM sallyport.log_hash WHERE first <= $2)) h USING (index)
WHERE h.hash = sha256('\x00'::bytea || e.leaf) AND index >= $2 AND index < $3
SQL
}

# Reads lines of an export from standard input into a table of the session.
read_lines() {
  cat <<'SQL'
INSERT INTO restored (index, jti, leaf, salt, detail)
SELECT (l ->> 'index')::bigint, (convert_from(leaf, 'UTF8')::json ->> 'jti')::uuid, leaf,
  decode(l ->> 'salt', 'base64'), decode(l ->> 'detail', 'base64')
FROM line, LATERAL (SELECT text::json AS l) AS object, LATERAL (SELECT decode(l ->> 'leaf', 'base64') AS leaf) AS bytes
SQL
}

write_lines() {
  sql -c "COPY (
    SELECT '{\"index\":' || index || ',\"leaf\":\"' || translate(encode(leaf, 'base64'), E'\\n', '') || '\"'
      || coalesce(',\"detail\":\"' || translate(encode(detail, 'base64'), E'\\n', '')
               || '\",\"salt\":\"' || translate(encode(salt, 'base64'), E'\\n', '') || '\"',
        ',\"erased\":' || x.erasure, '') || '}'
    FROM sallyport.log_entry_$1 LEFT JOIN sallyport.erased x USING (index) ORDER BY index) TO STDOUT"
}

# Restores a file beside the table and compares every column of every row.
compare() {
  same=$(sql -c "CREATE TEMP TABLE line (text text)" \
    -c "CREATE TEMP TABLE restored (LIKE sallyport.log_entry_$1)" \
    -c "COPY line FROM STDIN" \
    -c "$(read_lines)" \
    -c "SELECT (SELECT count(*) FROM restored), count(*) FROM sallyport.log_entry_$1 e
        JOIN restored r ON r.index = e.index AND ROW(r.*) IS NOT DISTINCT FROM ROW(e.*)" <"$2")
  [ "$same" = "$3 $3" ] ||
    refuse "$2 is not what log_entry_$1 holds ($3 entries; restored and equal: $same)"
}

check_oldest() {
  oldest=$(partitions | head -n 1)
  case $oldest in
    "$1 "*) ;;
    *) refuse "log_entry_$1 is not the oldest partition that is attached: that is log_entry_${oldest%% *}" ;;
  esac
}

check_settled() {
  settled=$(sql -c "SELECT (SELECT coalesce(max(size), 0) FROM sallyport.checkpoint),
                           (SELECT min(next) FROM sallyport.projection)")
  [ "$2" -le "${settled% *}" ] || refuse "log_entry_$1 is not below the latest checkpoint, which is of ${settled% *} entries"
  [ "$2" -le "${settled#* }" ] || refuse "log_entry_$1 is not projected yet: that has come to ${settled#* }"
  [ $(($2 % 256)) -eq 0 ] || refuse "log_entry_$1 ends within a tile, at $2"
}

detach() {
  how=CONCURRENTLY
  [ "$2" = f ] || how=FINALIZE
  sql -c "ALTER TABLE sallyport.log_entry DETACH PARTITION sallyport.log_entry_$1 $how"
  # PostgreSQL has taken away the trigger that came with the log.
  sql -1 -c "CREATE TRIGGER archived_no_change BEFORE UPDATE OR DELETE ON sallyport.log_entry_$1
               FOR EACH ROW EXECUTE FUNCTION sallyport.reject_change()" \
    -c "ALTER TABLE sallyport.log_entry_$1 ENABLE ALWAYS TRIGGER archived_no_change"
}

archive() {
  number=$1 from=$2 to=$3 pending=$4
  check_oldest "$number"
  check_settled "$number" "$to"
  entries=$((to - from))
  fits=$(fitting "$number" "$from" "$to")
  [ "$fits" -eq "$entries" ] ||
    refuse "log_entry_$number should hold $entries entries, and $fits have the hash that the log's tree was made of"
  file=$directory/log_entry_$number.$from-$to.ndjson
  if [ -e "$file" ]; then
    say "comparing $file, which is there already"
    compare "$number" "$file" "$entries"
  else
    say "writing $file"
    write_lines "$number" >"$file.partial"
    compare "$number" "$file.partial" "$entries"
    mv -- "$file.partial" "$file"
  fi
  (cd -- "$directory" && sha256sum -- "${file##*/}" >"${file##*/}.sha256")
  sync
  detach "$number" "$pending"
  say "log_entry_$number is detached; the first entry that is still here is $to"
  # A detail that was erased since the file was written is in it: from here on none can be.
  compare "$number" "$file" "$entries"
  if [ "$drop" = yes ]; then
    sql -c "DROP TABLE sallyport.log_entry_$number"
    say "log_entry_$number is dropped"
  fi
  printf '%s\n' "$file"
}

archive_command() {
  drop=no older=""
  while :; do
    case ${1-} in
      --drop) drop=yes && shift ;;
      --older-than) older=${2-} && is_number "$older" || { usage >&2 && exit 2; }; shift 2 ;;
      *) break ;;
    esac
  done
  if [ -n "$older" ]; then
    [ $# -eq 1 ] || { usage >&2 && exit 2; }
    directory=$1
  else
    [ $# -eq 2 ] && is_number "$1" || { usage >&2 && exit 2; }
    directory=$2
  fi
  [ -d "$directory" ] || refuse "$directory is no directory"
  found=no
  attached=$(partitions)
  while read -r number from to pending; do
    if { [ -n "$older" ] && [ "$to" -le "$older" ]; } || { [ -z "$older" ] && [ "$number" = "$1" ]; }; then
      found=yes
      archive "$number" "$from" "$to" "$pending" </dev/null
    fi
  done <<EOT
$attached
EOT
  [ "$found" = yes ] || refuse "there is no such partition"
}

# The name tells the number and the bounds, the digest beside it that the file is whole.
from_file() {
  name=${1##*/}
  bounds=${name#log_entry_*.}
  bounds=${bounds%.ndjson}
  number=${name#log_entry_}
  number=${number%%.*} from=${bounds%-*} to=${bounds#*-}
  is_number "$number" && is_number "$from" && is_number "$to" || refuse "$1 is not named as an archive is"
  [ ! -e "$1.sha256" ] || (cd -- "$(dirname -- "$1")" && sha256sum -c -- "$name.sha256") >&2
  sql -1 -c "CREATE TABLE sallyport.log_entry_$number (LIKE sallyport.log_entry)" \
    -c "CREATE TRIGGER no_truncate BEFORE TRUNCATE ON sallyport.log_entry_$number
          FOR EACH STATEMENT EXECUTE FUNCTION sallyport.reject_change()" \
    -c "ALTER TABLE sallyport.log_entry_$number ENABLE ALWAYS TRIGGER no_truncate" \
    -c "CREATE TEMP TABLE line (text text)" \
    -c "CREATE TEMP TABLE restored (LIKE sallyport.log_entry)" \
    -c "COPY line FROM STDIN" \
    -c "$(read_lines)" \
    -c "UPDATE restored r SET salt = NULL, detail = NULL FROM sallyport.erased x WHERE x.index = r.index" \
    -c "INSERT INTO sallyport.log_entry_$number SELECT * FROM restored" <"$1"
  made=yes
}

# What a bad file was read into is of no use.
give_up() {
  [ "$made" = no ] || sql -c "DROP TABLE sallyport.log_entry_$number"
  refuse "$*"
}

from_table() {
  number=$1
  bounds=$(sql -c "SELECT min(index), max(index) + 1 FROM sallyport.log_entry_$number")
  from=${bounds% *} to=${bounds#* }
}

attach_command() {
  [ $# -eq 1 ] || { usage >&2 && exit 2; }
  made=no
  if is_number "$1"; then from_table "$1"; else from_file "$1"; fi
  oldest=$(partitions | head -n 1)
  kept=${oldest#* }
  fits=$(fitting "$number" "$from" "$to")
  [ "${kept%% *}" = "$to" ] || give_up "log_entry_$number ends at $to, and the log begins at ${kept%% *}: attach what lies between first"
  [ "$fits" -eq $((to - from)) ] ||
    give_up "log_entry_$number should hold $((to - from)) entries, and $fits have the hash that the log's tree was made of"
  sql -1 -c "DROP TRIGGER IF EXISTS archived_no_change ON sallyport.log_entry_$number" \
    -c "ALTER TABLE sallyport.log_entry_$number ENABLE ALWAYS TRIGGER no_truncate" \
    -c "ALTER TABLE sallyport.log_entry ATTACH PARTITION sallyport.log_entry_$number FOR VALUES FROM ($from) TO ($to)"
  say "log_entry_$number is attached; the first entry that is here is $from"
}

command=${1-}
[ $# -eq 0 ] || shift
case $command in
  archive) archive_command "$@" ;;
  attach) attach_command "$@" ;;
  help | --help | -h) usage ;;
  *)
    usage >&2
    exit 2
    ;;
esac
