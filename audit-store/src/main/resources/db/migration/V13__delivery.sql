-- How far the log was handed to receivers outside: entries below next were taken. It only moves on.

CREATE TABLE delivery (
    receiver text PRIMARY KEY,
    next bigint NOT NULL DEFAULT 0,
    moved timestamptz NOT NULL DEFAULT now()
);

REVOKE ALL ON delivery FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON delivery TO "${broker}";
GRANT SELECT ON delivery TO "${auditor}";
