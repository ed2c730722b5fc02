-- Machines whose documents anybody can copy, and the one key that each is known by. A row goes only when an admin resets it; the
-- log tells of both.
CREATE TABLE enrolment (
    provider text NOT NULL,
    instance text NOT NULL,
    jkt text NOT NULL CHECK (jkt ~ '^[A-Za-z0-9_-]{43}$'),
    way text NOT NULL CHECK (way IN ('confirmed', 'first-use')),
    created timestamptz NOT NULL,
    PRIMARY KEY (provider, instance)
);
REVOKE ALL ON enrolment FROM PUBLIC;
GRANT SELECT, INSERT, DELETE ON enrolment TO "${broker}";
GRANT SELECT ON enrolment TO "${auditor}";
