-- What a blob defines and where. Written in the statement that writes the blob, so symbols are there exactly when its chunks are.
CREATE TABLE rag.symbol (
    blob bigint NOT NULL REFERENCES rag.blob ON DELETE CASCADE,
    ordinal int NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    -- The definitions around it, outermost first.
    container text,
    start_line int NOT NULL,
    end_line int NOT NULL,
    signature text NOT NULL,
    PRIMARY KEY (blob, ordinal)
);
-- By exact name, by name in any case, and by its beginning. A name longer than this is nobody's question.
CREATE INDEX symbol_name ON rag.symbol (left(lower(name), 200) text_pattern_ops);
