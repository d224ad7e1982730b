// Every root once through its life: plan, apply, plan again without a change.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCanary } from './canary.mjs';

/** `{ plan, log, problems }` of one root; `plan` is the JSON of the second plan, in which nothing is unknown. */
export async function cycle(tool, tree, root, variables = []) {
  const folder = join(tree, root);
  const args = [...variables.flatMap(v => ['-var', v])];
  const problems = [];
  let log = (await tool.init(folder)).log;
  log += (await tool.must(folder, ['plan', '-no-color', ...args, '-out=first.plan'])).log;
  log += (await tool.must(folder, ['apply', '-no-color', 'first.plan'])).log;
  const second = await tool.must(folder, ['plan', '-no-color', '-detailed-exitcode', ...args, '-out=second.plan'], [0, 2]);
  log += second.log;
  if (second.code === 2) problems.push(`${root}: the plan after apply is not empty:\n${second.out.slice(-2000)}`);
  const json = (await tool.must(folder, ['show', '-json', 'second.plan'])).out;
  if (tool.canary) {
    problems.push(...findCanary(tool.canary, {
      log, 'plan JSON': json,
      state: readFileSync(join(folder, 'terraform.tfstate')), 'first.plan': readFileSync(join(folder, 'first.plan')), 'second.plan': readFileSync(join(folder, 'second.plan')),
    }).map(where => `${root}: a secret is in the ${where}`));
  }
  return { root, plan: JSON.parse(json), problems };
}
