-- The repositories that the key may see; null for every one.
alter table api.keys add column repositories uuid[];

-- Whose conversation a run belongs to.
create index turns_run on api.turns (run_id);
