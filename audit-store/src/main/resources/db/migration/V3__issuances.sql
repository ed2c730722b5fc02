-- What auditors ask for, projected from the log. It holds nothing that the log does not hold: rebuild_issuances() drops it,
-- and project_issuances() fills it again. How it is indexed, and why: docs/adr/0014.

-- terms are what an attempt is found by, such as "agent invoice-bot" or "claim namespace=payments", the outcome first. Each
-- is kept as a key: the number of the segment of 16,384 entries in the upper 16 bits, and a hash below. So a list of entries
-- in the index is never longer than a segment, and inserts stay within that part of it that belongs to the newest ones.
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
    token_sha256 bytea,
    terms bigint[] NOT NULL
);
-- What waits to be sorted into the index is read by every query, so it is kept small.
CREATE INDEX issuance_terms ON issuance USING gin (terms) WITH (fastupdate = on, gin_pending_list_limit = 256);
CREATE INDEX issuance_decision ON issuance (decision_id);
-- A third of the size of a B-tree, and nobody asks for a range of hashes.
CREATE INDEX issuance_token ON issuance USING hash (token_sha256);

-- The times of 4,096 entries each: times lead to a range of the log, even where they are not in its order.
CREATE TABLE issuance_span (
    number bigint PRIMARY KEY,
    earliest timestamptz NOT NULL,
    latest timestamptz NOT NULL
);

-- Proven workloads that were refused since no agent was theirs. Who they are stands in the latest entry only; caller is a hash.
CREATE TABLE discovered (
    caller bigint PRIMARY KEY,
    first bigint NOT NULL,
    latest bigint NOT NULL,
    provider text NOT NULL,
    first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    count bigint NOT NULL
);
CREATE INDEX discovered_first ON discovered (first);
CREATE INDEX discovered_last_seen ON discovered (last_seen);

-- How far a projection has come: the index of the entry that it reads next. The seed of its hashes is not known to callers,
-- who choose claims, so that none of them can make two texts look alike.
CREATE TABLE projection (
    name text PRIMARY KEY,
    next bigint NOT NULL CHECK (next >= 0),
    seed bigint NOT NULL
);
INSERT INTO projection (name, next, seed) VALUES ('issuance', 0, hashtextextended(gen_random_uuid()::text, 0));

CREATE FUNCTION term_hash(term text, seed bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT
RETURN hashtextextended(term, seed) & 281474976710655;

-- What an entry says of an attempt. actions is an array and claims an object, where they are not null.
CREATE TYPE attempt AS (
    index bigint, time timestamptz, decision_id uuid, jti uuid, outcome text, agent text, target text, resource text,
    provider text, subject text, reason text, unbound boolean, actions jsonb, claims jsonb, policy_revision bigint,
    token_sha256 bytea
);

-- One entry as an attempt; a row of nulls for another type of entry, and for a leaf that can't be read. A detail that is
-- erased or can't be read leaves what the leaf says. It never fails, or one entry would stop the projection for ever: claims
-- are chosen by callers, and PostgreSQL has no NUL in a text, so that one becomes the replacement character here. Lengths are
-- bounded so that any row fits the indexes.
CREATE FUNCTION attempt_of(index bigint, jti uuid, leaf bytea, detail bytea) RETURNS attempt LANGUAGE plpgsql STABLE AS $$
DECLARE
    said jsonb;
    made sallyport.attempt;
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
        made.subject := said #>> '{attestation,subject}';
        made.resource := left(said #>> '{input,resources,0}', 2048);
        made.reason := left(said ->> 'reason', 63);
        made.unbound := made.reason = 'agent' AND made.agent IS NULL AND made.provider IS NOT NULL
            AND made.subject IS NOT NULL;
        IF jsonb_typeof(said -> 'actions') = 'array' THEN
            made.actions := said -> 'actions';
        END IF;
        IF jsonb_typeof(said #> '{attestation,claims}') = 'object' THEN
            made.claims := said #> '{attestation,claims}';
        END IF;
        made.decision_id := (said ->> 'decision_id')::uuid;
        made.policy_revision := (said ->> 'policy_revision')::bigint;
    EXCEPTION WHEN others THEN
        NULL;
    END;
    RETURN made;
EXCEPTION WHEN others THEN
    RETURN NULL;
END $$;

-- The claims of a detail, or null where it has none; it never fails.
CREATE FUNCTION claims_of(detail bytea) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN replace(convert_from(detail, 'UTF8'), '\u0000', '\ufffd')::jsonb #> '{attestation,claims}';
EXCEPTION WHEN others THEN
    RETURN NULL;
END $$;

-- How often a summary of refusals counts each caller, named by provider and the start of its subject, for want of an agent.
-- Nothing for another type of entry; it never fails either.
CREATE FUNCTION summary_of(leaf bytea, detail bytea) RETURNS TABLE (caller text, count bigint) LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF position('"type":"refusals"'::bytea IN leaf) > 0 THEN
        RETURN QUERY SELECT left(key, -6), value::bigint
        FROM jsonb_each_text(replace(convert_from(detail, 'UTF8'), '\u0000', '\ufffd')::jsonb -> 'proven')
        WHERE key LIKE '% agent';
    END IF;
EXCEPTION WHEN others THEN
    NULL;
END $$;

-- Projects what comes next, so many entries at most, and tells how far it has come. It moves on even where entries are
-- missing, such as those of an archived partition. In this order: whoever rebuilds takes the table before the row too.
CREATE FUNCTION project_issuances(most integer, OUT next bigint, OUT size bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sallyport, pg_temp AS $$
DECLARE
    kept CONSTANT bigint := 100000;
    terms_of_a_kind CONSTANT integer := 256;
    first bigint;
    seed bigint;
BEGIN
    LOCK TABLE issuance IN ROW EXCLUSIVE MODE;
    SELECT p.next, p.seed INTO first, seed FROM projection p WHERE name = 'issuance' FOR UPDATE;
    SELECT h.size INTO size FROM log_head h;
    next := greatest(first, least(first + most, size));

    WITH made AS MATERIALIZED (
        SELECT o.* FROM log_entry e CROSS JOIN LATERAL attempt_of(e.index, e.jti, e.leaf, e.detail) AS o
        WHERE e.index >= first AND e.index < project_issuances.next AND o.index IS NOT NULL
    ), put_rows AS (
        INSERT INTO issuance
        SELECT index, time, decision_id, jti, outcome, agent, target, resource, provider, reason,
          ARRAY(SELECT jsonb_array_elements_text(actions)), policy_revision, token_sha256,
          ARRAY(
            SELECT (index >> 14) << 48 | term_hash(term, seed) FROM (
              SELECT unnest(ARRAY['outcome ' || outcome, 'agent ' || agent, 'target ' || target, 'provider ' || provider,
                'reason ' || reason, 'subject ' || subject]) AS term
              UNION ALL
              (SELECT 'action ' || action FROM jsonb_array_elements_text(actions) AS a(action) LIMIT terms_of_a_kind)
              UNION ALL
              (SELECT 'claim ' || key || '=' || (value #>> '{}') FROM jsonb_each(claims)
               WHERE jsonb_typeof(value) <> 'array' AND strpos(key, '=') = 0 LIMIT terms_of_a_kind)
              UNION ALL
              (SELECT 'claim ' || key || '=' || text FROM jsonb_each(claims) AS c, jsonb_array_elements_text(
                 CASE jsonb_typeof(c.value) WHEN 'array' THEN c.value ELSE '[]' END) AS v(text)
               WHERE jsonb_typeof(c.value) = 'array' AND strpos(key, '=') = 0 LIMIT terms_of_a_kind)
            ) AS terms WHERE term IS NOT NULL)
        FROM made ON CONFLICT DO NOTHING
    ), put_spans AS (
        INSERT INTO issuance_span AS s SELECT index >> 12, min(time), max(time) FROM made GROUP BY 1
        ON CONFLICT (number) DO UPDATE
        SET earliest = least(s.earliest, EXCLUDED.earliest), latest = greatest(s.latest, EXCLUDED.latest)
    )
    INSERT INTO discovered AS d
    SELECT hashtextextended(provider || ' ' || left(subject, 200), seed), min(index), max(index), min(provider), min(time),
      max(time), count(*)
    FROM made WHERE unbound GROUP BY 1
    ON CONFLICT (caller) DO UPDATE
    SET latest = EXCLUDED.latest, last_seen = greatest(d.last_seen, EXCLUDED.last_seen), count = d.count + EXCLUDED.count;

    UPDATE discovered d SET count = d.count + more.count FROM (
        SELECT hashtextextended(s.caller, seed) AS caller, sum(s.count) AS count FROM log_entry e
        CROSS JOIN LATERAL summary_of(e.leaf, e.detail) AS s
        WHERE e.index >= first AND e.index < project_issuances.next
          AND position('"type":"refusals"'::bytea IN e.leaf) > 0 GROUP BY 1) AS more
    WHERE d.caller = more.caller;
    IF first >> 12 <> next >> 12 THEN
        DELETE FROM discovered WHERE caller IN (SELECT caller FROM discovered ORDER BY last_seen DESC OFFSET kept);
    END IF;
    UPDATE projection p SET next = project_issuances.next WHERE name = 'issuance';
END $$;

-- For the owner, or whoever he grants it to. In this order: the projector takes the table before the row.
CREATE FUNCTION rebuild_issuances() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = sallyport, pg_temp AS $$
BEGIN
    TRUNCATE issuance, issuance_span, discovered;
    UPDATE projection SET next = 0 WHERE name = 'issuance';
END $$;

REVOKE ALL ON FUNCTION term_hash(text, bigint), attempt_of(bigint, uuid, bytea, bytea), claims_of(bytea),
    summary_of(bytea, bytea), project_issuances(integer), rebuild_issuances() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION term_hash(text, bigint), attempt_of(bigint, uuid, bytea, bytea), claims_of(bytea) TO "${broker}", "${auditor}";
GRANT EXECUTE ON FUNCTION project_issuances(integer) TO "${broker}";
REVOKE ALL ON issuance, issuance_span, discovered, projection FROM PUBLIC;
GRANT SELECT ON issuance, issuance_span, discovered, projection TO "${broker}", "${auditor}";
