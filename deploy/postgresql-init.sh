#!/bin/sh
# Run once by the image, when it has made the cluster: the database, and two roles. One owns the tables and changes them
# for a new version of Cleanwatch; the other is the station and the app, which can add to the records and not change them.
set -eu
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres <<'SQL'
\set owner_password `cat /run/secrets/postgresql-owner`
\set password `cat /run/secrets/postgresql-cleanwatch`
CREATE ROLE cleanwatch_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE cleanwatch LOGIN PASSWORD :'password';
CREATE DATABASE cleanwatch OWNER cleanwatch_owner TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE cleanwatch FROM PUBLIC;
GRANT CONNECT ON DATABASE cleanwatch TO cleanwatch;
SQL
