// What switching to the standby region changes: exactly what is written down, and nothing is destroyed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const path = join(dirname(fileURLToPath(import.meta.url)), '..', 'golden', 'dr-flip.json');

/** Roots that know the switch. */
export const switched = ['environments/production/eu-west-1', 'environments/production/global'];

/** Changes of one applied root when dr_active becomes true, by address: the action and the attributes it touches. */
export async function flip(tool, tree, root) {
  const folder = join(tree, root);
  await tool.must(folder, ['plan', '-no-color', '-var', 'dr_active=true', '-out=flip.plan']);
  const plan = JSON.parse((await tool.must(folder, ['show', '-json', 'flip.plan'])).out);
  const changes = plan.resource_changes.filter(c => !['no-op', 'read'].includes(c.change.actions[0])).map(c => [c.address, describe(c.change)]);
  await tool.must(folder, ['apply', '-no-color', 'flip.plan']);
  const again = await tool.must(folder, ['plan', '-no-color', '-detailed-exitcode', '-var', 'dr_active=true', '-out=settled.plan'], [0, 2]);
  const settled = JSON.parse((await tool.must(folder, ['show', '-json', 'settled.plan'])).out);
  return { root, changes: Object.fromEntries(changes.sort()), settled, stable: again.code === 0 };
}

function describe({ actions, before, after, after_unknown: unknown }) {
  if (actions.join() !== 'update') return actions.join(' then ');
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(name => unknown?.[name] === true || JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return `update ${names.sort().join(', ')}`;
}

/** Differences from what is written down. With `write` it is written down instead. */
export function compareFlips(flips, { write = false } = {}) {
  const actual = Object.fromEntries(flips.map(f => [f.root, f.changes]).sort());
  if (write) writeFileSync(path, `${JSON.stringify(actual, null, 2)}\n`);
  const wanted = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  const problems = flips.filter(f => !f.stable).map(f => `${f.root}: after the switch another plan still finds changes`);
  for (const root of new Set([...Object.keys(actual), ...Object.keys(wanted)])) {
    const [is, should] = [actual[root] ?? {}, wanted[root] ?? {}];
    for (const address of new Set([...Object.keys(is), ...Object.keys(should)])) {
      if (is[address] !== should[address]) problems.push(`${root}: ${address}: ${is[address] ?? 'no change'}, written down is ${should[address] ?? 'no change'}`);
    }
    for (const [address, what] of Object.entries(is)) {
      // An alarm on the lag of a replica that no longer is one may go; nothing else may.
      if (/delete/.test(what) && !address.includes('aws_cloudwatch_metric_alarm')) problems.push(`${root}: ${address} would be destroyed`);
    }
  }
  return problems;
}
