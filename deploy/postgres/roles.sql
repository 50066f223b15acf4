-- The three roles of the ledger, each with no more than it needs:
--   newsledger_migrator  owns the tables and changes them (newsledger migrate)
--   newsledger_writer    adds and changes rows (workers, crawler, export)
--   newsledger_reader    reads rows (API, dashboards, people)
-- Run it as a superuser in the database of the ledger, before the first migration. It may be run again, to set new
-- passwords. The passwords come through the environment, so that they stand in no list of processes:
--   MIGRATOR_PASSWORD=… WRITER_PASSWORD=… READER_PASSWORD=… psql -d newsledger -f deploy/postgres/roles.sql
\set ON_ERROR_STOP on
\getenv migrator MIGRATOR_PASSWORD
\getenv writer WRITER_PASSWORD
\getenv reader READER_PASSWORD
BEGIN;

DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['newsledger_migrator', 'newsledger_writer', 'newsledger_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I', role_name);
    END IF;
    EXECUTE format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', role_name);
  END LOOP;
END
$$;
ALTER ROLE newsledger_migrator PASSWORD :'migrator';
ALTER ROLE newsledger_writer PASSWORD :'writer';
ALTER ROLE newsledger_reader PASSWORD :'reader';

-- nobody else gets in, and only the migrator makes things
SELECT current_database() AS ledger \gset
REVOKE ALL ON DATABASE :"ledger" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"ledger" TO newsledger_migrator, newsledger_writer, newsledger_reader;
GRANT TEMPORARY ON DATABASE :"ledger" TO newsledger_writer;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO newsledger_writer, newsledger_reader;
GRANT USAGE, CREATE ON SCHEMA public TO newsledger_migrator;

-- what there is, and what later migrations will make
GRANT SELECT ON ALL TABLES IN SCHEMA public TO newsledger_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO newsledger_writer;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO newsledger_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE newsledger_migrator IN SCHEMA public GRANT SELECT ON TABLES TO newsledger_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE newsledger_migrator IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO newsledger_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE newsledger_migrator IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO newsledger_writer;

-- a slow question of a reader must not hold up the others; a forgotten transaction must not hold up the vacuum
ALTER ROLE newsledger_reader SET statement_timeout = '30s';
ALTER ROLE newsledger_reader SET default_transaction_read_only = on;
ALTER ROLE newsledger_reader SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE newsledger_writer SET lock_timeout = '60s';

COMMIT;
