-- What others say of an agent or its host, each writer for itself. A value that was taken back is null. Rows that have expired
-- stay: what has expired is not the same as what was never said.

CREATE TABLE posture (
    agent text NOT NULL,
    writer text NOT NULL,
    attribute text NOT NULL,
    value jsonb,
    expires timestamptz NOT NULL,
    entry bigint NOT NULL,
    PRIMARY KEY (agent, writer, attribute)
);
CREATE INDEX posture_entry ON posture (entry);
CREATE INDEX posture_taken_back ON posture (expires) WHERE value IS NULL;

-- Replicas have long heard of what was taken back a week ago. It takes no argument, so that nobody can remove a fact by it.
CREATE FUNCTION prune_posture() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = sallyport, pg_temp AS $$
    DELETE FROM posture WHERE value IS NULL AND expires < now() - interval '7 days'
$$;

REVOKE ALL ON FUNCTION prune_posture() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION prune_posture() TO "${broker}";
REVOKE ALL ON posture FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON posture TO "${broker}";
GRANT SELECT ON posture TO "${auditor}";
