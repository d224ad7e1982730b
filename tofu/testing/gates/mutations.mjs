// Puts one fault at a time into a lane's copy of the code and asks the gates, cheapest first.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lint } from './lint.mjs';
import { validateAndTest } from './module-tests.mjs';

// Files that a lane's copy leaves out on purpose.
const notInCopies = new Set(['nura_encrypted_state']);

/** Name of the gate that noticed the fault, or null. */
async function noticed(tool, tree, mutation, judge) {
  const folder = dirname(mutation.file);
  const kind = folder.startsWith('modules/') ? { modules: [folder], roots: [] } : { modules: [], roots: [folder] };
  const findings = (await lint(kind, tree)).filter(f => !notInCopies.has(f.rule));
  if (findings.length > 0) return `lint (${findings[0].rule})`;

  if (kind.modules.length > 0) {
    const { diagnostics, failures } = await validateAndTest(tool, tree, folder);
    if (diagnostics.length > 0) return 'validate';
    if (failures.length > 0) return 'test';
  }

  const cwd = join(tree, mutation.root);
  await tool.init(cwd);
  rmSync(join(cwd, 'mutated.tfstate'), { force: true });
  const applied = await tool.run(cwd, 'apply', '-auto-approve', '-no-color', `-state=mutated.tfstate`);
  if (applied.code !== 0) return 'apply';
  const { values } = JSON.parse((await tool.must(cwd, ['show', '-json', 'mutated.tfstate'])).out);
  return judge({ root: mutation.root, plan: { planned_values: values, resource_changes: [] } });
}

/** `{ what, gate }` of one mutation; `judge` looks at an applied root and names the gate that objects, or null. */
export const mutate = judge => async (tool, tree, mutation) => {
  const path = join(tree, mutation.file);
  const original = readFileSync(path, 'utf8');
  if (!original.includes(mutation.find)) throw new Error(`The fault "${mutation.what}" no longer fits ${mutation.file}: the text to replace is gone.`);
  writeFileSync(path, original.replace(mutation.find, () => mutation.replace));
  try {
    return { what: mutation.what, gate: await noticed(tool, tree, mutation, judge) };
  } catch (problem) {
    return { what: mutation.what, gate: problem.message.includes('Error:') ? 'init' : null };
  } finally {
    writeFileSync(path, original);
  }
};
