-- Doors that the owner of the schema has opened past all documents, each for one key and a few hours. The broker reads them; only
-- the owner writes them, and each was logged first.

CREATE TABLE break_glass (
    name text PRIMARY KEY,
    jwk text NOT NULL CHECK (jsonb_typeof(jwk::jsonb) = 'object'),
    began timestamptz NOT NULL DEFAULT now(),
    until timestamptz NOT NULL,
    CHECK (until > began AND until <= began + interval '4 hours')
);

REVOKE ALL ON break_glass FROM PUBLIC;
GRANT SELECT ON break_glass TO "${broker}", "${auditor}";
