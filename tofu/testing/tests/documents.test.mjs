import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { codeFolders } from '../gates/tool.mjs';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const read = path => readFileSync(join(repository, path), 'utf8');
const documents = ['docs/environment-setup.md', 'docs/runbooks/disaster-recovery.md', 'docs/infrastructure-coverage.md', 'tofu/README.md', 'tofu/VERSIONS.md', 'tofu/testing/README.md', 'tofu/policies/README.md'];

test('the steps of a switch add up to the promised time', () => {
  const text = read('docs/runbooks/disaster-recovery.md');
  const minutes = [...text.matchAll(/^\| \d+ \|.*\| (\d+) \|$/gm)].map(m => Number(m[1]));
  const promised = Number(text.match(/\(RTO\) \| (\d+) minutes/)[1]);
  assert.equal(minutes.length, 6);
  assert.ok(minutes.reduce((a, b) => a + b) <= promised, `${minutes} against ${promised}`);
});

test('the lag alarm rings at the promised recovery point', () => {
  const promised = Number(read('docs/runbooks/disaster-recovery.md').match(/database \| (\d+) minutes/)[1]);
  const threshold = Number(read('tofu/modules/observability/alarms.tf').match(/ReplicaLag.*?threshold = (\d+)/)[1]);
  assert.equal(threshold, promised * 60);
});

test('every module appears in the coverage table or in the stack', () => {
  const text = read('docs/infrastructure-coverage.md') + read('tofu/modules/stack/main.tf') + read('tofu/bootstrap/main.tf');
  for (const folder of codeFolders().modules) {
    const name = folder.split('/').pop();
    assert.ok(text.includes(`\`${name}\``) || text.includes(`/${name}"`) || name === 'stack', name);
  }
});

test('paths that documents name exist', () => {
  for (const document of documents) {
    for (const [, path] of read(document).matchAll(/`((?:tofu|docs|tools)\/[\w./-]+\w)`/g)) assert.ok(existsSync(join(repository, path)), `${document} names ${path}`);
  }
});

test('every decision of the cloud has question, choice, why and cost', () => {
  const files = readdirSync(join(repository, 'docs/decisions')).filter(name => /^00[56]\d-/.test(name));
  assert.ok(files.length >= 10);
  for (const file of files) for (const part of ['Question', 'Choice', 'Why', 'Cost']) assert.ok(read(`docs/decisions/${file}`).includes(`**${part}.**`), `${file}: ${part}`);
});
