-- Whose account a key's calls are on besides its own: the name of its user's team.
alter table api.keys add column team text check (length(team) between 1 and 200);
