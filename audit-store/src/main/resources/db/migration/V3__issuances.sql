-- What auditors ask for, projected from the log. It holds nothing that the log does not hold: rebuild_issuances() drops it,
-- and the projector fills it again.

CREATE TABLE issuance (
    index bigint PRIMARY KEY,
    time timestamptz NOT NULL,
    decision_id uuid,
    jti uuid,
    outcome text NOT NULL,
    agent text,
    target text,
    resource text,
    provider text,
    reason text,
    actions text[],
    policy_revision bigint,
    token_sha256 bytea
);

-- Newest first, alone or with one filter; read backwards from a cursor's position. The first is on an expression so that only
-- queries without a filter can use it: the planner would take it for an agent with many rows too, and read all that is newer
-- than the last of them.
CREATE INDEX issuance_time ON issuance ((time AT TIME ZONE 'UTC'), index);
CREATE INDEX issuance_agent ON issuance (agent, time, index);
CREATE INDEX issuance_target ON issuance (target, time, index);
CREATE INDEX issuance_provider ON issuance (provider, time, index);
CREATE INDEX issuance_outcome ON issuance (outcome, time, index);
CREATE INDEX issuance_decision ON issuance (decision_id);
-- A third of the size of a B-tree, and nobody asks for a range of hashes.
CREATE INDEX issuance_token ON issuance USING hash (token_sha256);

-- How far a projection has come: the index of the entry that it reads next.
CREATE TABLE projection (
    name text PRIMARY KEY,
    next bigint NOT NULL CHECK (next >= 0)
);
INSERT INTO projection (name, next) VALUES ('issuance', 0);

-- One entry as its row; a row of nulls for another type of entry, and for a leaf that can't be read. A detail that is erased
-- or can't be read leaves what the leaf says. It never fails, or one entry would stop the projection for ever: claims are
-- chosen by callers, and PostgreSQL has no NUL in a text, so that one becomes the replacement character here. Lengths are
-- bounded so that any row fits the indexes.
CREATE FUNCTION issuance_of(index bigint, jti uuid, leaf bytea, detail bytea) RETURNS issuance LANGUAGE plpgsql STABLE AS $$
DECLARE
    said jsonb;
    made sallyport.issuance;
BEGIN
    said := convert_from(leaf, 'UTF8')::jsonb;
    IF said ->> 'type' IS DISTINCT FROM 'issuance' THEN
        RETURN NULL;
    END IF;
    made.index := index;
    made.jti := jti;
    made.time := (said ->> 'time')::timestamptz;
    made.outcome := left(said ->> 'outcome', 63);
    IF made.outcome IS NULL OR NOT coalesce(isfinite(made.time), false) THEN
        RETURN NULL;
    END IF;
    IF said ->> 'token_sha256' ~ '^[0-9a-f]{64}$' THEN
        made.token_sha256 := decode(said ->> 'token_sha256', 'hex');
    END IF;
    BEGIN
        said := replace(convert_from(detail, 'UTF8'), '\u0000', '\ufffd')::jsonb;
        made.agent := left(said ->> 'agent', 63);
        made.target := left(said ->> 'target', 63);
        made.provider := left(said #>> '{attestation,provider}', 63);
        made.resource := left(said #>> '{input,resources,0}', 2048);
        made.reason := left(said ->> 'reason', 63);
        made.decision_id := (said ->> 'decision_id')::uuid;
        made.policy_revision := (said ->> 'policy_revision')::bigint;
        made.actions := ARRAY(SELECT jsonb_array_elements_text(said -> 'actions'));
    EXCEPTION WHEN others THEN
        NULL;
    END;
    RETURN made;
EXCEPTION WHEN others THEN
    RETURN NULL;
END $$;

-- For the owner, or whoever he grants it to. In this order: the projector takes the table before the row.
CREATE FUNCTION rebuild_issuances() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = sallyport, pg_temp AS $$
BEGIN
    TRUNCATE issuance;
    UPDATE projection SET next = 0 WHERE name = 'issuance';
END $$;

REVOKE ALL ON FUNCTION issuance_of(bigint, uuid, bytea, bytea), rebuild_issuances() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION issuance_of(bigint, uuid, bytea, bytea) TO "${broker}", "${auditor}";
REVOKE ALL ON issuance, projection FROM PUBLIC;
GRANT SELECT, INSERT ON issuance TO "${broker}";
GRANT SELECT, UPDATE (next) ON projection TO "${broker}";
GRANT SELECT ON issuance, projection TO "${auditor}";
