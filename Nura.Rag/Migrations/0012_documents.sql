-- Documents that come from no git repository. Each change is one commit of a mirror that can be made again from here, with the same ids.
CREATE TABLE rag.document_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repository uuid NOT NULL REFERENCES rag.repository ON DELETE CASCADE,
    path text NOT NULL,
    -- Absent for a removal.
    content bytea,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX document_change_repository ON rag.document_change (repository, id);
