#!/bin/bash
# Run once by the image, when it has made the bucket: a token that may read and write this bucket, and nothing else.
# The station and the app read it from the folder that they share.
set -euo pipefail
umask 077
influx auth create --description "Cleanwatch: station and app" --json --org-id "$DOCKER_INFLUXDB_INIT_ORG_ID" \
  --read-bucket "$DOCKER_INFLUXDB_INIT_BUCKET_ID" --write-bucket "$DOCKER_INFLUXDB_INIT_BUCKET_ID" |
  sed -n 's/^.*"token": *"\([^"]*\)".*$/\1/p' >/run/influxdb-token/token
test -s /run/influxdb-token/token
