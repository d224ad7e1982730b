-- Runs that answer in a conversation stay as long as that does; whoever deletes it has them forgotten.
alter table agents.runs add column kept boolean not null default false;

drop index agents.runs_ended;
create index runs_passing on agents.runs (ended_at) where state <> 'running' and not kept;
