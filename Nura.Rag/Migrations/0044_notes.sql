-- What to know of a blob though it is indexed: secrets in it are covered.
ALTER TABLE rag.blob ADD COLUMN note text;
