"""What PostgreSQL's trigger functions say.

The capture function reads the columns of its table when it fires, so it survives migrations. It
runs with its owner's rights, a fixed search_path and UTC, whatever the writing session has set.
"""

from __future__ import annotations

from roster.history.engines.face import CLEARING_REFUSAL, PASSWORD_MARK, PREFIX, REFUSAL

CAPTURE, REFUSE, KEEP = (f"{PREFIX}{name}" for name in ("capture", "refuse", "keep"))
CONFIGURATION = {"search_path": "pg_catalog, pg_temp", "timezone": "utc"}
"""Settings under which the functions run, whatever the session's are."""


def bodies(schema: str) -> dict[str, str]:
    """The body of each function by its name; `schema` is quoted."""
    return {
        CAPTURE: _CAPTURE.replace("{schema}", schema).replace("{mark}", PASSWORD_MARK),
        REFUSE: _raise(REFUSAL),
        KEEP: _raise(CLEARING_REFUSAL),
    }


def _raise(sentence: str) -> str:
    return f" BEGIN RAISE EXCEPTION '{sentence}' USING ERRCODE = 'restrict_violation'; END "


# Arguments: the columns left out; the one among them that is marked; SQL for the official of a
# row r, and of a row o. The full join pairs old and new by key: a changed key is one row gone and
# another come. While tables change, the way to the official may be broken: it is then left empty.
_CAPTURE = """
DECLARE
  act_of bigint := nullif(current_setting('roster.changeset', true), '')::bigint;
  moment timestamptz := clock_timestamp();
  writer text := CASE WHEN act_of IS NULL THEN session_user END;
  marked text := TG_ARGV[1];
  columns text;
  official text;
  captured text;
  record text := 'INSERT INTO {schema}.roster_change (changeset_id, clock, "table", '
    'database_user, "key", act, before, after, official_id) SELECT $1, $2, $3, $4, ';
BEGIN
  SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum) INTO columns
  FROM pg_attribute
  WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    AND attname <> ALL (TG_ARGV[0]::text[]);
  IF TG_OP = 'INSERT' THEN
    official := TG_ARGV[2];
    captured := format('r.id, ''i'', NULL, row_to_json(r)::text, {official} '
      'FROM (SELECT %s FROM written) r', columns);
  ELSIF TG_OP = 'DELETE' THEN
    official := TG_ARGV[3];
    captured := format('o.id, ''d'', row_to_json(o)::text, NULL, {official} '
      'FROM (SELECT %s FROM replaced) o', columns);
  ELSIF marked = '' THEN
    official := format('coalesce(%s, %s)', TG_ARGV[2], TG_ARGV[3]);
    captured := format('coalesce(r.id, o.id), '
      'CASE WHEN o.id IS NULL THEN ''i'' WHEN r.id IS NULL THEN ''d'' ELSE ''u'' END, '
      'CASE WHEN o.id IS NOT NULL THEN row_to_json(o)::text END, '
      'CASE WHEN r.id IS NOT NULL THEN row_to_json(r)::text END, {official} '
      'FROM (SELECT %1$s FROM replaced) o FULL JOIN (SELECT %1$s FROM written) r ON r.id = o.id '
      'WHERE o.* IS DISTINCT FROM r.*', columns);
  ELSE
    official := 'NULL::bigint';
    captured := format('coalesce(r.id, o.id), '
      'CASE WHEN o.id IS NULL THEN ''i'' WHEN r.id IS NULL THEN ''d'' ELSE ''u'' END, '
      'CASE WHEN o.id IS NOT NULL THEN row_to_json(o)::text END, '
      'CASE WHEN o.id = r.id AND p.%2$I IS DISTINCT FROM s.%2$I '
      'THEN left(row_to_json(r)::text, -1) || ''{mark}}'' '
      'WHEN r.id IS NOT NULL THEN row_to_json(r)::text END, {official} '
      'FROM (SELECT %1$s FROM replaced) o FULL JOIN (SELECT %1$s FROM written) r ON r.id = o.id '
      'LEFT JOIN replaced p ON p.id = o.id LEFT JOIN written s ON s.id = r.id '
      'WHERE o.* IS DISTINCT FROM r.* OR p.%2$I IS DISTINCT FROM s.%2$I', columns, marked);
  END IF;
  IF current_setting('roster.migrating', true) = 'on' THEN
    BEGIN
      EXECUTE record || replace(captured, '{official}', official)
        USING act_of, moment, TG_TABLE_NAME, writer;
      RETURN NULL;
    EXCEPTION WHEN undefined_table OR undefined_column THEN
      official := 'NULL::bigint';
    END;
  END IF;
  EXECUTE record || replace(captured, '{official}', official)
    USING act_of, moment, TG_TABLE_NAME, writer;
  RETURN NULL;
END """
