-- A person who signs in with an identity provider is a key that nobody holds: its hash is of random bytes that are kept nowhere.
alter table api.keys
    add column issuer text,
    add column subject text check ((subject is null) = (issuer is null)),
    add column signed_in_at timestamptz,
    -- Whose own key this is: it sees what the person sees, and works no longer than the person may sign in.
    add column person uuid references api.keys (id);

create unique index keys_person on api.keys (issuer, subject);
create index keys_of_person on api.keys (person) where person is not null;
