-- The issuance log. Roles exist already: ${broker} appends, ${auditor} reads, the owner of this schema does neither.
-- Triggers are ENABLE ALWAYS: they hold for the superuser and for session_replication_role = replica too.

REVOKE ALL ON SCHEMA sallyport FROM PUBLIC;
GRANT USAGE ON SCHEMA sallyport TO "${broker}", "${auditor}";

CREATE FUNCTION reject_change() RETURNS trigger LANGUAGE plpgsql SET search_path = sallyport, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is not allowed', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

-- The head: one row. The frontier is the compact range of all leaves (RFC 6962), its hashes from left to right.
CREATE TABLE log_head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    size bigint NOT NULL CHECK (size >= 0),
    epoch bigint NOT NULL CHECK (epoch >= 0),
    frontier bytea NOT NULL,
    CHECK (octet_length(frontier) = 32 * bit_count(size::bit(64)))
);
INSERT INTO log_head (size, epoch, frontier) VALUES (0, 0, '');

CREATE FUNCTION log_head_grows() RETURNS trigger LANGUAGE plpgsql SET search_path = sallyport, pg_temp AS $$
BEGIN
    IF NEW.size < OLD.size OR NEW.epoch < OLD.epoch THEN
        RAISE EXCEPTION 'the size and the epoch of the log may only grow' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER grows BEFORE UPDATE ON log_head FOR EACH ROW EXECUTE FUNCTION log_head_grows();
CREATE TRIGGER no_delete BEFORE DELETE ON log_head FOR EACH ROW EXECUTE FUNCTION reject_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON log_head FOR EACH STATEMENT EXECUTE FUNCTION reject_change();
ALTER TABLE log_head ENABLE ALWAYS TRIGGER grows;
ALTER TABLE log_head ENABLE ALWAYS TRIGGER no_delete;
ALTER TABLE log_head ENABLE ALWAYS TRIGGER no_truncate;

-- Each further index would cost a third of the throughput.
CREATE TABLE log_entry (
    index bigint PRIMARY KEY,
    jti uuid,
    leaf bytea NOT NULL,
    salt bytea,
    detail bytea
) PARTITION BY RANGE (index);
CREATE INDEX log_entry_jti ON log_entry (jti);

-- Row triggers are cloned to every partition; TRUNCATE triggers are not, so log_prepare() makes them.
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON log_entry FOR EACH ROW EXECUTE FUNCTION reject_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON log_entry FOR EACH STATEMENT EXECUTE FUNCTION reject_change();
ALTER TABLE log_entry ENABLE ALWAYS TRIGGER no_change;
ALTER TABLE log_entry ENABLE ALWAYS TRIGGER no_truncate;

-- The leaf hashes of one batch, concatenated: apart from the entries, so that old partitions can be archived.
CREATE TABLE log_hash (
    first bigint PRIMARY KEY,
    hashes bytea NOT NULL CHECK (octet_length(hashes) > 0 AND octet_length(hashes) % 32 = 0)
);
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON log_hash FOR EACH ROW EXECUTE FUNCTION reject_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON log_hash FOR EACH STATEMENT EXECUTE FUNCTION reject_change();
ALTER TABLE log_hash ENABLE ALWAYS TRIGGER no_change;
ALTER TABLE log_hash ENABLE ALWAYS TRIGGER no_truncate;

-- Makes sure of the partition that the next entry goes to and of the one after it; returns the end of that one.
-- It takes no argument, so there is nothing in it that a caller could misuse. ATTACH lets inserts go on meanwhile.
CREATE FUNCTION log_prepare() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = sallyport, pg_temp AS $$
DECLARE
    width CONSTANT bigint := 4194304;
    current bigint;
    part text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sallyport log_prepare'));
    SELECT size / width INTO current FROM log_head;
    FOR number IN current .. current + 1 LOOP
        part := 'log_entry_' || number;
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE log_entry)', part);
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION reject_change()', part);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER no_truncate', part);
        EXECUTE format('ALTER TABLE log_entry ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
                       part, number * width, (number + 1) * width);
    END LOOP;
    RETURN (current + 2) * width;
END $$;

DO $$ BEGIN PERFORM log_prepare(); END $$;

REVOKE ALL ON FUNCTION reject_change(), log_head_grows(), log_prepare() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION log_prepare() TO "${broker}";
REVOKE ALL ON log_head, log_entry, log_hash FROM PUBLIC;
GRANT SELECT, UPDATE (size, epoch, frontier) ON log_head TO "${broker}";
GRANT SELECT, INSERT ON log_entry, log_hash TO "${broker}";
GRANT SELECT ON log_head, log_entry, log_hash TO "${auditor}";
