#!/usr/bin/env node
// The whole proof of tofu/, without a cloud. Prints one line for each gate and, last, one line of JSON.
//   --quick    leaves the mutations out
//   --write    brings the cost table and the golden set of the switch up to date
//   --verbose  says which gate caught which fault
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { evaluate, reach, rules } from '../policies/index.mjs';
import { mutations } from './mutations.mjs';
import { alone, optional } from './gates/alone.mjs';
import { costOf, costProblems, costTable } from './gates/cost.mjs';
import { compareFlips, flip, switched } from './gates/dr-flip.mjs';
import { boundariesOf, cases, checkStatements, checkTrust, collect, runCases } from './gates/iam.mjs';
import { costDocument } from './gates/cost-document.mjs';
import { lifecycleProblems, pinned } from './gates/lifecycle.mjs';
import { mutate } from './gates/mutations.mjs';
import { lint } from './gates/lint.mjs';
import { openLanes } from './gates/lanes.mjs';
import { moduleDocs } from './gates/module-docs.mjs';
import { validateAndTest } from './gates/module-tests.mjs';
import { cycle } from './gates/roots.mjs';
import { codeFolders, findTool, root } from './gates/tool.mjs';
import { filesBelow } from './schema/types-in-use.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const started = Date.now();
const today = new Date().toISOString().slice(0, 10);
const problems = [];
const write = process.argv.includes('--write');
const quick = process.argv.includes('--quick');
let lap = Date.now();

/** Prints a gate's outcome and remembers what it found. */
function gate(name, found, what) {
  const seconds = ((Date.now() - lap) / 1000).toFixed(1);
  lap = Date.now();
  console.log(`${found.length === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(22)} ${what} (${seconds} s)`);
  for (const problem of found) console.log(`     ${problem.replaceAll('\n', '\n     ')}`);
  problems.push(...found);
}

const policyProblems = ({ root: name, plan }) => evaluate(plan, { root: name, today }).map(v => `${name}: ${v.address}: ${v.title} [${v.id}; ${v.ref}]`);

/** Everything the IAM gate says of one root; `boundaries` are those of bootstrap. */
async function iamProblems({ root: name, plan }, boundaries) {
  const collected = collect(plan, name);
  collected.boundaries = { ...boundaries, ...collected.boundaries };
  return [...await checkStatements(collected), ...checkTrust(collected), ...await runCases(collected, cases().filter(c => c.root === name))].map(p => `${name}: ${p}`);
}

const tool = findTool();
if (!tool) {
  console.log('Neither tofu nor terraform is installed. Install OpenTofu 1.12 or newer (docs/environment-setup.md) and run again.');
  process.exit(process.env.CI === 'true' ? 1 : 0);
}
const folders = codeFolders();
const all = [...folders.modules, ...folders.roots];

const format = spawnSync(tool, ['fmt', '-check', '-recursive', '-list=true', root], { encoding: 'utf8', env: { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null' } });
const extras = filesBelow(root, ['.tofu']).filter(file => spawnSync(tool, ['fmt', '-check', '-'], { input: readFileSync(file) }).status !== 0);
gate('format', [...format.stdout.split('\n').filter(Boolean).map(file => `${file} is not formatted: run "${tool} fmt -recursive tofu"`), ...extras.map(file => `${file} is not formatted: pipe it through "${tool} fmt -"`)], `${all.length} folders`);

const schema = spawnSync(process.execPath, [join(here, 'schema', 'extract.mjs'), '--check'], { encoding: 'utf8' });
const known = JSON.parse(readFileSync(join(here, 'schema', 'aws.json'), 'utf8'));
gate('schema', schema.status === 0 ? [] : [schema.stderr.trim()], `AWS provider ${known.version}, ${Object.keys(known.resources).length} resources, ${Object.keys(known.data).length} data sources`);

const own = spawnSync(process.execPath, ['--test', '--test-reporter=tap', 'tests/'], { encoding: 'utf8', cwd: here });
const passed = Number(own.stdout.match(/^# pass (\d+)/m)?.[1] ?? 0);
gate('own tests', own.status === 0 ? [] : [own.stdout.split('\n').filter(l => /^\s*not ok|error:/.test(l)).join('\n') || own.stderr], `${passed} passed`);

gate('lint', (await lint(folders)).map(f => `${f.folder}: ${f.message} [${f.rule}]`), `${all.length} folders`);
gate('readme tables', (await moduleDocs(folders.modules)).map(f => `${f}/README.md is out of date: run "npm run docs" in tofu/testing`), `${folders.modules.length} modules`);

const canary = `NuraCanary${randomBytes(8).toString('hex')}`;
const trace = join(tmpdir(), `nura-trace-${process.pid}`);
const lanes = await openLanes(2, tool, { canary, trace });
try {
  const tests = await lanes.map(all, validateAndTest);
  const diagnostics = tests.flatMap(t => t.diagnostics);
  const runs = tests.reduce((sum, t) => sum + t.runs, 0);
  gate('validate', diagnostics, `${folders.modules.length} modules, ${folders.roots.length} roots`);
  gate('tests', tests.flatMap(t => t.failures), `${runs} runs`);

  const flips = [];
  const cycles = await lanes.map(folders.roots, async (runner, tree, folder) => {
    const result = await cycle(runner, tree, folder);
    if (switched.includes(folder)) flips.push(await flip(runner, tree, folder));
    return result;
  });
  const modules = await lanes.map(optional, (runner, tree, module) => alone(tree, module, async () => cycle(runner, tree, module)));
  const everything = [...cycles, ...modules];
  const resources = everything.reduce((sum, c) => sum + c.plan.resource_changes.length, 0);
  gate('plan, apply, plan', everything.flatMap(c => c.problems), `${cycles.length} roots, ${modules.length} module alone, ${resources} resources`);

  const handed = [0, 1].map(lane => `${trace}.${lane}`).filter(existsSync).flatMap(file => readFileSync(file, 'utf8').trim().split('\n')).map(line => JSON.parse(line));
  const control = ['aws_db_instance password_wo', 'aws_secretsmanager_secret_version secret_string_wo'].filter(w => !handed.some(h => `${h.type} ${h.attribute}` === w));
  gate('canary secrets', control.map(w => `${w} never got a secret, so the search for one proves nothing`), `${handed.length} handed over, 0 found in state, plan and log`);

  // A rule that sees nothing proves nothing.
  const blind = rules.filter(rule => everything.every(c => reach(c.plan, c)[rule.id] === 0)).map(rule => `${rule.id} (${rule.title}) looks at nothing that any plan makes`);
  gate('policies', [...everything.flatMap(policyProblems), ...blind], `${rules.length} rules, ${everything.length} plans`);

  const matrix = cases();
  const boundaries = boundariesOf(cycles.find(c => c.root === 'bootstrap').plan, 'bootstrap');
  const iam = (await Promise.all(everything.map(c => iamProblems(c, boundaries)))).flat();
  gate('IAM', iam, `${matrix.length} cases, 0 unknown or unjustified actions`);

  const estimates = cycles.map(c => costOf(c.plan, c.root));
  gate('cost', [...estimates.flatMap(costProblems), ...costDocument(costTable(estimates), { write })], estimates.map(e => `${e.root.replace('environments/', '')} ${e.total}`).join(', '));

  const items = everything.flatMap(c => pinned(c.plan, c.root));
  gate('lifecycle', lifecycleProblems(items), `${items.length} pins${lifecycleProblems(items, today).length ? ', but as of today: ' + lifecycleProblems(items, today)[0] : ''}`);

  gate('switch to standby', [...compareFlips(flips, { write }), ...flips.flatMap(f => policyProblems({ root: f.root, plan: f.settled }))], flips.map(f => `${f.root.split('/').pop()} ${Object.keys(f.changes).length} changes`).join(', '));

  let caught = null;
  if (quick) console.log('skip mutations              left out by --quick');
  else if (problems.length > 0) console.log('skip mutations              the gates must be green before faults are put in');
  else {
    const judge = async applied => [
      ...evaluate(applied.plan, { root: applied.root, today }).map(v => `policy ${v.id} ${v.address}`),
      ...(await iamProblems(applied, boundaries)).map(p => `IAM ${p}`),
      ...lifecycleProblems(pinned(applied.plan, applied.root)).map(p => `lifecycle ${p}`),
      ...costProblems(costOf(applied.plan, applied.root)).map(p => `cost ${p}`),
    ];
    const outcomes = await lanes.map(mutations, mutate(judge));
    const missed = outcomes.filter(o => o.gate === null);
    caught = Math.round((1000 * (outcomes.length - missed.length)) / outcomes.length) / 10;
    if (process.argv.includes('--verbose')) for (const o of outcomes) console.log(`     ${(o.gate ?? 'MISSED').padEnd(44)} ${o.what}`);
    gate('mutations', caught >= 95 ? [] : missed.map(o => `nobody noticed: ${o.what}`), `${outcomes.length - missed.length} of ${outcomes.length} caught${missed.length ? `, missed: ${missed.map(o => o.what).join('; ')}` : ''}`);
  }

  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(JSON.stringify({ diagnostics: diagnostics.length, modules: folders.modules.length, roots: folders.roots.length, test_runs: runs, policies: rules.length, iam_cases: matrix.length, mutations_caught_pct: caught, dev_monthly_usd: estimates.find(e => e.root.includes('/dev/')).total, seconds }));
} finally {
  await lanes.close();
  for (const lane of [0, 1]) rmSync(`${trace}.${lane}`, { force: true });
}
process.exit(problems.length === 0 ? 0 : 1);
