-- What the log has promised in public, and what proofs are made of.

-- Signed tree heads, as they were published (C2SP tlog-checkpoint).
CREATE TABLE checkpoint (
    size bigint PRIMARY KEY CHECK (size > 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    note text NOT NULL,
    created timestamptz NOT NULL
);
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON checkpoint FOR EACH ROW EXECUTE FUNCTION reject_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON checkpoint FOR EACH STATEMENT EXECUTE FUNCTION reject_change();
ALTER TABLE checkpoint ENABLE ALWAYS TRIGGER no_change;
ALTER TABLE checkpoint ENABLE ALWAYS TRIGGER no_truncate;

-- Roots of the complete subtrees of 256^level leaves: the one with an index is over the leaves from index * 256^level on.
-- Each is written with the first checkpoint that covers it. Those of level 0 are in log_hash.
CREATE TABLE log_subtree (
    level smallint NOT NULL CHECK (level BETWEEN 1 AND 7),
    index bigint NOT NULL CHECK (index >= 0),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, index)
);
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON log_subtree FOR EACH ROW EXECUTE FUNCTION reject_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON log_subtree FOR EACH STATEMENT EXECUTE FUNCTION reject_change();
ALTER TABLE log_subtree ENABLE ALWAYS TRIGGER no_change;
ALTER TABLE log_subtree ENABLE ALWAYS TRIGGER no_truncate;

REVOKE ALL ON checkpoint, log_subtree FROM PUBLIC;
GRANT SELECT, INSERT ON checkpoint, log_subtree TO "${broker}";
GRANT SELECT ON checkpoint, log_subtree TO "${auditor}";
