-- Terms are compact already: compressing them again costs more time than it saves space.
ALTER TABLE rag.blob ALTER COLUMN terms SET STORAGE EXTERNAL;
