#!/usr/bin/env node
// The whole proof of tofu/, without a cloud. Prints one line for each gate and, last, one line of JSON.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { evaluate, rules } from '../policies/index.mjs';
import { lint } from './gates/lint.mjs';
import { openLanes } from './gates/lanes.mjs';
import { moduleDocs } from './gates/module-docs.mjs';
import { validateAndTest } from './gates/module-tests.mjs';
import { cycle } from './gates/roots.mjs';
import { codeFolders, findTool, root } from './gates/tool.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const started = Date.now();
const today = new Date().toISOString().slice(0, 10);
const problems = [];
let lap = Date.now();

/** Prints a gate's outcome and remembers what it found. */
function gate(name, found, what) {
  const seconds = ((Date.now() - lap) / 1000).toFixed(1);
  lap = Date.now();
  console.log(`${found.length === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(22)} ${what} (${seconds} s)`);
  for (const problem of found) console.log(`     ${problem.replaceAll('\n', '\n     ')}`);
  problems.push(...found);
}

const tool = findTool();
if (!tool) {
  console.log('Neither tofu nor terraform is installed. Install OpenTofu 1.12 or newer (docs/environment-setup.md) and run again.');
  process.exit(process.env.CI === 'true' ? 1 : 0);
}
const folders = codeFolders();
const all = [...folders.modules, ...folders.roots];

const format = spawnSync(tool, ['fmt', '-check', '-recursive', '-list=true', root], { encoding: 'utf8', env: { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null' } });
gate('format', format.stdout.split('\n').filter(Boolean).map(file => `${file} is not formatted: run "${tool} fmt -recursive tofu"`), `${all.length} folders`);

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

  const cycles = await lanes.map(folders.roots, cycle);
  gate('plan, apply, plan', cycles.flatMap(c => c.problems), `${cycles.length} roots, ${cycles.reduce((sum, c) => sum + c.plan.resource_changes.length, 0)} resources`);

  const handed = [0, 1].map(lane => `${trace}.${lane}`).filter(existsSync).flatMap(file => readFileSync(file, 'utf8').trim().split('\n')).map(line => JSON.parse(line));
  const control = ['aws_db_instance password_wo', 'aws_secretsmanager_secret_version secret_string_wo'].filter(w => !handed.some(h => `${h.type} ${h.attribute}` === w));
  gate('canary secrets', control.map(w => `${w} never got a secret, so the search for one proves nothing`), `${handed.length} handed over, 0 found in state, plan and log`);

  gate('policies', cycles.flatMap(c => evaluate(c.plan, { root: c.root, today }).map(v => `${c.root}: ${v.address}: ${v.title} [${v.id}; ${v.ref}]`)), `${rules.length} rules, ${cycles.length} plans`);

  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(JSON.stringify({ diagnostics: diagnostics.length, modules: folders.modules.length, roots: folders.roots.length, test_runs: runs, policies: rules.length, seconds }));
} finally {
  await lanes.close();
  for (const lane of [0, 1]) rmSync(`${trace}.${lane}`, { force: true });
}
process.exit(problems.length === 0 ? 0 : 1);
