-- DPoP proofs that a change through the API has used, so that no replica takes one again while it is not stale.
CREATE TABLE spent_proof (
    id bytea PRIMARY KEY CHECK (octet_length(id) = 16),
    stale timestamptz NOT NULL
);
CREATE INDEX spent_proof_stale ON spent_proof (stale);

REVOKE ALL ON spent_proof FROM PUBLIC;
GRANT SELECT, INSERT, DELETE ON spent_proof TO "${broker}";
GRANT UPDATE (stale) ON spent_proof TO "${broker}"; -- only to lock the rows that are removed
