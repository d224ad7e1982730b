// Walks through an Amazon States Language definition.

/** What is wrong with a machine: dead ends, unreachable states, tasks without a plan for failure. */
export function faultsOf(machine, path = '') {
  const { StartAt: start, States: states } = machine;
  const faults = [];
  const reached = new Set();
  const visit = (name, from) => {
    if (!states[name]) faults.push(`${path}${from} leads to ${name}, which does not exist`);
    else if (!reached.has(name)) {
      reached.add(name);
      for (const next of nexts(states[name])) visit(next, name);
    }
  };
  visit(start, 'StartAt');
  for (const [name, state] of Object.entries(states)) {
    if (!reached.has(name)) faults.push(`${path}${name} is never reached`);
    if (!['Succeed', 'Fail', 'Choice'].includes(state.Type) && !state.End && !state.Next) faults.push(`${path}${name} leads nowhere`);
    if (state.Type === 'Task' && !(state.Retry?.length && state.Catch?.length && state.TimeoutSeconds)) faults.push(`${path}${name} has no retry, catch or timeout`);
    const inner = state.ItemProcessor ?? state.Iterator;
    if (inner) faults.push(...faultsOf(inner, `${path}${name}.`));
    for (const branch of state.Branches ?? []) faults.push(...faultsOf(branch, `${path}${name}.`));
  }
  return faults;
}

const nexts = state => [state.Next, state.Default, ...(state.Catch ?? []).map(c => c.Next), ...(state.Choices ?? []).map(c => c.Next)].filter(Boolean);
