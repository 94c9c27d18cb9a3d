#!/bin/sh
# Draws every secret the compose files need, once, into ./secrets (0600). Nothing has a default.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets

draw() { [ -e "secrets/$1" ] || openssl rand -hex 32 >"secrets/$1"; }

draw tamis_tokens
draw postgres_password
draw grafana_password
if [ ! -e secrets/s3.env ]; then
  printf 'AWS_ACCESS_KEY_ID=%s\nAWS_SECRET_ACCESS_KEY=%s\n' "$(openssl rand -hex 10)" "$(openssl rand -hex 32)" >secrets/s3.env
fi
. ./secrets/s3.env
printf 'PGPASSWORD=%s\n' "$(cat secrets/postgres_password)" >secrets/postgres.env
cat >secrets/s3.json <<JSON
{ "identities": [{ "name": "tamis", "actions": ["Admin", "Read", "Write", "List", "Tagging"],
  "credentials": [{ "accessKey": "$AWS_ACCESS_KEY_ID", "secretKey": "$AWS_SECRET_ACCESS_KEY" }] }] }
JSON
# The containers read their files as other users than you; the folder itself stays yours.
chmod 0444 secrets/tamis_tokens secrets/postgres_password secrets/grafana_password secrets/s3.json
