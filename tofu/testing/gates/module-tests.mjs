// `validate` and `test` of one folder.
import { join } from 'node:path';

/** `{ folder, diagnostics: [text], runs, failures: [text] }`; `only` names the test files to run, all without it. */
export async function validateAndTest(tool, tree, folder, only = []) {
  const cwd = join(tree, folder);
  await tool.init(cwd);
  const validated = JSON.parse((await tool.must(cwd, ['validate', '-json'], [0, 1])).out);
  const diagnostics = validated.diagnostics.map(d => `${folder}: ${d.summary}. ${d.detail} (${d.range?.filename}:${d.range?.start?.line})`);
  const tested = await tool.run(cwd, 'test', '-json', ...only.map(name => `-filter=tests/${name}`));
  const events = tested.out.split('\n').filter(Boolean).map(line => JSON.parse(line));
  const runs = events.filter(e => e.type === 'test_run' && (e.test_run.progress ?? 'complete') === 'complete');
  const failed = runs.filter(e => e.test_run.status !== 'pass').map(e => `${folder}: run "${e.test_run.run}" in ${e.test_run.path}: ${e.test_run.status}`);
  const reasons = events.filter(e => e.type === 'diagnostic' && e.diagnostic.severity === 'error').map(e => `${folder}: ${e.diagnostic.summary}. ${e.diagnostic.detail}`);
  return { folder, diagnostics, runs: runs.length, failures: tested.code === 0 ? failed : [...failed, ...reasons] };
}
