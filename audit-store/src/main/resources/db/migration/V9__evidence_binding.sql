-- The key that evidence was first used with, where its trust provider wants it bound to one, until the evidence has ended.
CREATE TABLE evidence_binding (
    provider text NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    key text NOT NULL CHECK (length(key) <= 200),
    ends timestamptz NOT NULL,
    PRIMARY KEY (provider, digest)
);
CREATE INDEX evidence_binding_ends ON evidence_binding (ends);

REVOKE ALL ON evidence_binding FROM PUBLIC;
GRANT SELECT, INSERT, DELETE ON evidence_binding TO "${broker}";
GRANT UPDATE (ends) ON evidence_binding TO "${broker}"; -- only to lock the rows that are removed
