-- The embedding model whose vectors were there when ranking was evaluated; absent if none.
ALTER TABLE rag.evaluation ADD COLUMN model text;
