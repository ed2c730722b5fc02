-- Details may be erased, leaves never: what is hashed stays, and every proof with it. Which detail is gone, and which entry of
-- type "erasure" says by whom and why.

CREATE TABLE erased (
    index bigint PRIMARY KEY,
    erasure bigint NOT NULL,
    CHECK (index >= 0 AND index < erasure)
);
CREATE INDEX erased_erasure ON erased (erasure);

-- What counts as erased must have been logged by this very transaction: in the tree, committed to by the leaf, and by name. It
-- holds for whoever inserts, so that it does not matter what the broker's role could call or forge. Only entries about callers
-- may be named, never those that say what admins did, erasures among them.
CREATE FUNCTION erasure_is_logged() RETURNS trigger LANGUAGE plpgsql SET search_path = sallyport, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT index, erasure FROM added
        EXCEPT
        SELECT named.index, e.index
        FROM log_head h, log_entry e
        JOIN log_hash l ON l.first = e.index AND l.hashes = sha256('\x00'::bytea || e.leaf)
        CROSS JOIN LATERAL (
            SELECT value::bigint AS index
            FROM jsonb_array_elements_text(convert_from(e.detail, 'UTF8')::jsonb -> 'entries')
        ) AS named
        JOIN log_entry d ON d.index = named.index
        WHERE e.index IN (SELECT erasure FROM added) AND e.index < h.size AND e.xmin = pg_current_xact_id()::xid
            AND convert_from(e.leaf, 'UTF8')::jsonb @> jsonb_build_object(
                'type', 'erasure', 'commitment', encode(sha256(e.salt || e.detail), 'hex'))
            AND (position('"type":"issuance"'::bytea IN d.leaf) > 0 OR position('"type":"refusals"'::bytea IN d.leaf) > 0)
    ) THEN
        RAISE EXCEPTION 'no entry of this transaction erases that' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER is_logged AFTER INSERT ON erased REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION erasure_is_logged();
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON erased FOR EACH ROW EXECUTE FUNCTION reject_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON erased FOR EACH STATEMENT EXECUTE FUNCTION reject_change();
ALTER TABLE erased ENABLE ALWAYS TRIGGER is_logged;
ALTER TABLE erased ENABLE ALWAYS TRIGGER no_change;
ALTER TABLE erased ENABLE ALWAYS TRIGGER no_truncate;

-- An entry still can't be changed or removed, but for one thing.
CREATE FUNCTION reject_change_of_entry() RETURNS trigger LANGUAGE plpgsql SET search_path = sallyport, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.detail IS NULL AND NEW.salt IS NULL
            AND (NEW.index, NEW.jti, NEW.leaf) IS NOT DISTINCT FROM (OLD.index, OLD.jti, OLD.leaf)
            AND EXISTS (SELECT FROM erased WHERE erased.index = OLD.index) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: % is not allowed', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

DROP TRIGGER no_change ON log_entry;
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON log_entry FOR EACH ROW EXECUTE FUNCTION reject_change_of_entry();
ALTER TABLE log_entry ENABLE ALWAYS TRIGGER no_change;

-- Makes the projected row what the leaf alone says, the same that a rebuild makes of it: of the terms, only the outcome, which
-- is the first. A workload whose latest refusal this was is gone until it is refused again.
CREATE FUNCTION forget_issuance(entry bigint) RETURNS void LANGUAGE plpgsql SET search_path = sallyport, pg_temp AS $$
BEGIN
    UPDATE issuance i
    SET decision_id = NULL, agent = NULL, target = NULL, resource = NULL, provider = NULL, reason = NULL, actions = '{}',
      policy_revision = NULL, terms = terms[1:1]
    WHERE i.index = entry;
    DELETE FROM discovered d WHERE d.latest = entry;
END $$;

-- Erases what an entry of this transaction names. In this order: the projector takes the table before the row. It reads the
-- entries once it has the lock, so that what it has not reached yet it finds without the detail.
CREATE FUNCTION erase_details(erasure bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sallyport, pg_temp AS $$
DECLARE
    named bigint[];
BEGIN
    LOCK TABLE issuance IN ROW EXCLUSIVE MODE;
    PERFORM FROM projection WHERE name = 'issuance' FOR UPDATE;
    WITH added AS (
        INSERT INTO erased
        SELECT value::bigint, e.index FROM log_entry e
        CROSS JOIN LATERAL jsonb_array_elements_text(convert_from(e.detail, 'UTF8')::jsonb -> 'entries')
        WHERE e.index = erase_details.erasure
        RETURNING index
    )
    SELECT array_agg(index) INTO named FROM added;
    IF named IS NULL THEN
        RAISE EXCEPTION 'there is no such erasure' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM forget_issuance(index) FROM unnest(named) AS index;
    UPDATE log_entry e SET salt = NULL, detail = NULL WHERE e.index = ANY (named);
END $$;

REVOKE ALL ON FUNCTION erasure_is_logged(), reject_change_of_entry(), forget_issuance(bigint), erase_details(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_details(bigint) TO "${broker}";
REVOKE ALL ON erased FROM PUBLIC;
GRANT SELECT ON erased TO "${broker}", "${auditor}";
