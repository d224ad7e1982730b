-- What each process has been granted and still holds. One that dies stops renewing; what it has not spent goes back to its budgets.
create table budget_leases (
    lease uuid not null,
    budget text not null,
    period date not null,
    granted_usd numeric not null,
    until timestamptz not null,
    primary key (lease, budget, period)
);

create index budget_leases_budget on budget_leases (budget, period, until);

-- Which process's grants paid for the call. Absent in rows of earlier versions.
alter table usage add column lease uuid;

create index usage_lease on usage (lease, at) where lease is not null;
