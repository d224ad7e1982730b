-- Whether everybody who is signed in may read it. The owner is who asks in it all the same.
alter table api.conversations add column shared boolean not null default false;

-- The repositories that the answer may draw on; null for every one, and for turns of an earlier version, which did not note it.
alter table api.turns add column repositories uuid[];
