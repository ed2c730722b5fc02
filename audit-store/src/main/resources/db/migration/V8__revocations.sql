-- Tokens that count no more although they have not expired: one by its jti, or all of an agent, a target or a trust provider
-- that were recorded before. Rows go when the last token that they can be about has expired.

CREATE TABLE revocation (
    entry bigint PRIMARY KEY,
    jti uuid UNIQUE,
    kind text CHECK (kind IN ('trust-provider', 'agent', 'target')),
    name text,
    expires timestamptz NOT NULL,
    CHECK ((jti IS NULL) <> (kind IS NULL)),
    CHECK ((kind IS NULL) = (name IS NULL))
);
CREATE INDEX revocation_expires ON revocation (expires);

-- It takes no argument, so that nobody can take back a revocation by it.
CREATE FUNCTION prune_revocations() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = sallyport, pg_temp AS $$
    DELETE FROM revocation WHERE expires < now() - interval '1 minute'
$$;

REVOKE ALL ON FUNCTION prune_revocations() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION prune_revocations() TO "${broker}";
REVOKE ALL ON revocation FROM PUBLIC;
GRANT SELECT, INSERT ON revocation TO "${broker}";
GRANT SELECT ON revocation TO "${auditor}";
