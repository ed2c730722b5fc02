-- Documents, keys and settings. Every change of documents is a revision; what is live has no "until".

CREATE TABLE revision (
    revision bigint PRIMARY KEY CHECK (revision > 0),
    created timestamptz NOT NULL,
    author text NOT NULL
);
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON revision FOR EACH ROW EXECUTE FUNCTION reject_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON revision FOR EACH STATEMENT EXECUTE FUNCTION reject_change();
ALTER TABLE revision ENABLE ALWAYS TRIGGER no_change;
ALTER TABLE revision ENABLE ALWAYS TRIGGER no_truncate;

-- The body is text, not jsonb: its log entry holds the SHA-256 of exactly these bytes.
-- The set as of revision R: since <= R AND (until IS NULL OR until > R).
CREATE TABLE document (
    kind text NOT NULL,
    name text NOT NULL,
    body text NOT NULL CHECK (jsonb_typeof(body::jsonb) = 'object'),
    since bigint NOT NULL REFERENCES revision,
    until bigint REFERENCES revision,
    PRIMARY KEY (kind, name, since),
    CHECK (until > since)
);
CREATE UNIQUE INDEX document_live ON document (kind, name) WHERE until IS NULL;

CREATE FUNCTION document_ends_once() RETURNS trigger LANGUAGE plpgsql SET search_path = sallyport, pg_temp AS $$
BEGIN
    IF OLD.until IS NOT NULL OR (NEW.kind, NEW.name, NEW.body, NEW.since) IS DISTINCT FROM
            (OLD.kind, OLD.name, OLD.body, OLD.since) THEN
        RAISE EXCEPTION 'a document may only end, and only once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ends_once BEFORE UPDATE ON document FOR EACH ROW EXECUTE FUNCTION document_ends_once();
CREATE TRIGGER no_delete BEFORE DELETE ON document FOR EACH ROW EXECUTE FUNCTION reject_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON document FOR EACH STATEMENT EXECUTE FUNCTION reject_change();
ALTER TABLE document ENABLE ALWAYS TRIGGER ends_once;
ALTER TABLE document ENABLE ALWAYS TRIGGER no_delete;
ALTER TABLE document ENABLE ALWAYS TRIGGER no_truncate;

-- What an admin has switched off. The row belongs to the name and not to the document, which may come and go.
CREATE TABLE suspension (
    kind text NOT NULL CHECK (kind IN ('trust-provider', 'agent', 'target')),
    name text NOT NULL,
    since timestamptz NOT NULL,
    reason text NOT NULL,
    author text NOT NULL,
    PRIMARY KEY (kind, name)
);

-- "sealed" is the private JWK under the key-encryption key; nothing here is of use without that.
CREATE TABLE key (
    kid text PRIMARY KEY,
    algorithm text NOT NULL,
    purpose text NOT NULL,
    sealed bytea NOT NULL,
    created timestamptz NOT NULL
);

CREATE TABLE setting (
    name text PRIMARY KEY,
    value text NOT NULL
);

REVOKE ALL ON FUNCTION document_ends_once() FROM PUBLIC;
REVOKE ALL ON revision, document, suspension, key, setting FROM PUBLIC;
GRANT SELECT, INSERT ON revision, document, suspension, key, setting TO "${broker}";
GRANT DELETE ON suspension TO "${broker}";
GRANT UPDATE (until) ON document TO "${broker}";
GRANT UPDATE (value) ON setting TO "${broker}";
GRANT SELECT ON revision, document, suspension TO "${auditor}";
