-- What a cache saved, in US dollars: the provider's prompt cache in a call (below zero if more was put in than read), or Nura's own by giving an answer again that once cost this.
-- Absent in rows of earlier versions, and where a price is not known.
alter table usage add column saved_usd numeric;

-- What the answer cost: saved each time it is given again.
alter table semantic_answers add column cost_usd numeric;
