-- Keys come and go by plan. A key signs from "activates" on, until a younger one of its purpose and algorithm does. What has
-- ended has lost its private half for good, and stays as a record.

ALTER TABLE key
    ADD COLUMN activates timestamptz,
    ADD COLUMN ended timestamptz,
    ADD COLUMN ending text CHECK (ending IN ('retired', 'revoked', 'discarded')),
    ALTER COLUMN sealed DROP NOT NULL;
UPDATE key SET activates = created;
ALTER TABLE key
    ALTER COLUMN activates SET NOT NULL,
    ADD CHECK ((ended IS NULL) = (ending IS NULL)),
    ADD CHECK ((ended IS NULL) = (sealed IS NOT NULL));

CREATE FUNCTION key_ends_once() RETURNS trigger LANGUAGE plpgsql SET search_path = sallyport, pg_temp AS $$
BEGIN
    IF OLD.ended IS NOT NULL THEN
        RAISE EXCEPTION 'a key that has ended stays so' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ends_once BEFORE UPDATE ON key FOR EACH ROW EXECUTE FUNCTION key_ends_once();
ALTER TABLE key ENABLE ALWAYS TRIGGER ends_once;

REVOKE ALL ON FUNCTION key_ends_once() FROM PUBLIC;
GRANT UPDATE (sealed, activates, ended, ending) ON key TO "${broker}";
