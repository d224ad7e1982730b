-- What self-evaluation measured last. Derived: without it every lane has its usual weight.
CREATE TABLE rag.evaluation (
    repository uuid PRIMARY KEY REFERENCES rag.repository ON DELETE CASCADE,
    -- Of ranking and measuring together; another one is measured anew.
    format int NOT NULL,
    commit text NOT NULL,
    evaluated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    result text NOT NULL
);
