#!/bin/sh
# What the official image of PostgreSQL does at its start, as far as compose.yaml needs it.
set -eu
data=/var/lib/postgresql/data
as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
PATH=$(echo /usr/lib/postgresql/*/bin):$PATH
cd /tmp
if [ ! -s "$data/PG_VERSION" ]; then
  chown postgres:postgres "$data"
  cp "$POSTGRES_PASSWORD_FILE" /tmp/password && chown postgres /tmp/password
  as_postgres initdb -D "$data" -U "$POSTGRES_USER" -A scram-sha-256 --pwfile=/tmp/password -E UTF8 >/dev/null
  echo "host all all all scram-sha-256" >>"$data/pg_hba.conf"
  as_postgres pg_ctl -D "$data" -o "-c listen_addresses=" -w start >/dev/null
  PGPASSWORD=$(cat /tmp/password) createdb -h /var/run/postgresql -U "$POSTGRES_USER" "$POSTGRES_DB"
  as_postgres pg_ctl -D "$data" -m fast -w stop >/dev/null
  rm /tmp/password
fi
exec setpriv --reuid=postgres --regid=postgres --init-groups postgres -D "$data" -c listen_addresses='*'
