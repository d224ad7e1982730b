// A plan's JSON as the rules see it.

function* resourcesOf(module) {
  for (const resource of module?.resources ?? []) if (resource.mode === 'managed') yield resource;
  for (const child of module?.child_modules ?? []) yield* resourcesOf(child);
}

/**
 * What one root will have after apply: `all`, `of(type)`, `where(type, attribute, value)`, and the root's
 * environment and region as its tags and provider say.
 */
export function planModel(plan, { root }) {
  const all = [...resourcesOf(plan.planned_values?.root_module)].map(({ address, type, name, values }) => ({ address, type, name, values }));
  const of = type => all.filter(resource => resource.type === type);
  const environment = all.map(resource => resource.values.tags_all?.Environment).find(Boolean) ?? 'unknown';
  return {
    root,
    all,
    of,
    where: (type, attribute, value) => of(type).filter(resource => resource.values[attribute] === value),
    environment,
    guarded: environment === 'staging' || environment === 'production',
    production: environment === 'production',
    standby: root.includes('eu-west-1'),
  };
}
