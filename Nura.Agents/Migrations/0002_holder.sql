-- The key that started the run, the only one to read it; all zeros for the first key. Null for runs of an earlier version.
alter table agents.runs add column holder uuid;
