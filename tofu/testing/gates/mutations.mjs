// Puts one fault at a time into a lane's copy of the code and asks the gates, cheapest first: lint, validate, the
// module's tests, the module alone against policies and IAM, and last the whole root.
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { alone } from './alone.mjs';
import { lint } from './lint.mjs';
import { validateAndTest } from './module-tests.mjs';

// Files that a lane's copy leaves out on purpose.
const notInCopies = new Set(['nura_encrypted_state']);

/** State of a folder applied from nothing, in the form of a plan; null when it cannot be applied. */
async function applied(tool, folder) {
  rmSync(join(folder, 'mutated.tfstate'), { force: true });
  await tool.init(folder);
  const result = await tool.run(folder, 'apply', '-auto-approve', '-no-color', '-state=mutated.tfstate');
  if (result.code !== 0) return null;
  const { values } = JSON.parse((await tool.must(folder, ['show', '-json', 'mutated.tfstate'])).out);
  return { planned_values: values, resource_changes: [] };
}

/** What the gates say of one module alone, with the variables of its unit tests. */
const moduleFindings = (tool, tree, module, judge) => alone(tree, module, async folder => {
  const plan = await applied(tool, folder);
  return plan === null ? ['apply'] : judge({ root: module, plan });
});

/** The same of a root, or of a module that has what no root makes. */
async function rootFindings(tool, tree, root, judge) {
  if (root.startsWith('modules/')) return moduleFindings(tool, tree, root, judge);
  const plan = await applied(tool, join(tree, root));
  return plan === null ? ['apply'] : judge({ root, plan });
}

/** Name of the gate that noticed the fault, or null. `known` are the findings of the module without it. */
async function noticed(tool, tree, mutation, judge, known) {
  const folder = dirname(mutation.file);
  const isModule = folder.startsWith('modules/');
  const findings = (await lint(isModule ? { modules: [folder], roots: [] } : { modules: [], roots: [folder] }, tree)).filter(f => !notInCopies.has(f.rule));
  if (findings.length > 0) return `lint (${findings[0].rule})`;

  if (isModule) {
    // Bad input is refused by variables alone, so other files cannot change those tests.
    const tests = join(tree, folder, 'tests');
    const only = mutation.file.endsWith('variables.tf') || !existsSync(tests) ? [] : readdirSync(tests).filter(name => name.endsWith('.tftest.hcl') && !name.startsWith('validation'));
    const { diagnostics, failures } = await validateAndTest(tool, tree, folder, only);
    if (diagnostics.length > 0) return 'validate';
    if (failures.length > 0) return 'test';
    const fresh = known ? (await moduleFindings(tool, tree, folder, judge)).find(finding => !known.includes(finding)) : undefined;
    if (fresh) return fresh.split(' ')[0] === 'policy' ? fresh.split(' ').slice(0, 2).join(' ') : fresh.split(' ')[0];
  }

  const [finding] = await rootFindings(tool, tree, mutation.root, judge);
  return finding ? finding.split(' ').slice(0, finding.startsWith('policy') ? 2 : 1).join(' ') : null;
}

/**
 * Work for a lane: `{ what, gate }` of one mutation, gate null when nobody noticed. `judge` lists what the gates
 * object to in something applied, each finding beginning with its gate.
 */
export function mutate(judge) {
  const baselines = new Map();
  return async (tool, tree, mutation) => {
    const folder = dirname(mutation.file);
    const path = join(tree, mutation.file);
    const original = readFileSync(path, 'utf8');
    if (!original.includes(mutation.find)) throw new Error(`The fault "${mutation.what}" no longer fits ${mutation.file}: the text to replace is gone.`);
    if (folder.startsWith('modules/') && folder !== 'modules/stack' && !baselines.has(folder)) baselines.set(folder, await moduleFindings(tool, tree, folder, judge));
    writeFileSync(path, original.replace(mutation.find, () => mutation.replace));
    try {
      return { what: mutation.what, gate: await noticed(tool, tree, mutation, judge, baselines.get(folder)) };
    } catch (problem) {
      if (!problem.message.includes('Error:')) throw problem;
      return { what: mutation.what, gate: 'init' };
    } finally {
      writeFileSync(path, original);
    }
  };
}
