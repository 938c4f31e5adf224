#!/bin/sh
# Run once by the image, when it has made the cluster: the database, owned by a role that may do nothing else.
set -eu
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres <<'SQL'
\set password `cat /run/secrets/postgresql-cleanwatch`
CREATE ROLE cleanwatch LOGIN PASSWORD :'password';
CREATE DATABASE cleanwatch OWNER cleanwatch TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE cleanwatch FROM PUBLIC;
SQL
