// Checks Kubernetes documents twice: as typed literals (finds fields that do not exist) and by the models' own
// run-time validators (finds values that are not allowed). Either alone misses what the other sees.
//   node validate.mjs file.yaml ...      last line: JSON {"documents":n,"invalid":n,"kinds":[...]}
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import yaml from 'js-yaml';

const here = path.dirname(fileURLToPath(import.meta.url));
const rolloutKinds = new Set(['Rollout', 'AnalysisTemplate', 'ClusterAnalysisTemplate', 'AnalysisRun', 'Experiment']);
const packages = {
  'argoproj.io': kind => rolloutKinds.has(kind) ? '@kubernetes-models/argo-rollouts' : '@kubernetes-models/argo-cd',
  'monitoring.coreos.com': () => '@kubernetes-models/prometheus-operator',
  'external-secrets.io': () => '@kubernetes-models/external-secrets',
  'karpenter.sh': () => '@kubernetes-models/karpenter',
  'karpenter.k8s.aws': () => '@kubernetes-models/karpenter',
  'gateway.networking.k8s.io': () => '@kubernetes-models/gateway-api',
  'keda.sh': () => '@kubernetes-models/keda',
};

const documents = [];
const failures = [];
for (const file of process.argv.slice(2)) {
  try {
    yaml.loadAll(fs.readFileSync(file, 'utf8')).forEach((document, index) => {
      if (document) {
        const slash = document.apiVersion?.indexOf('/') ?? -1;
        documents.push({
          document,
          group: slash < 0 ? '' : document.apiVersion.slice(0, slash),
          version: document.apiVersion?.slice(slash + 1),
          label: `${path.basename(file)}#${index + 1} ${document.kind}/${document.metadata?.name}`,
        });
      }
    });
  } catch (error) {
    failures.push(`${path.basename(file)}: ${error.message.split('\n')[0]}`);
  }
}

// Kinds whose owners publish no models: own types, checked by the compiler only.
const local = ({ group, version }) => {
  const file = path.join(here, 'types', `${group}-${version}.d.ts`);
  return group && fs.existsSync(file) ? file : undefined;
};
const specifier = ({ group, version, document }) => local({ group, version }) ? `./types/${group}-${version}.js` :
  (packages[group]?.(document.kind) ?? 'kubernetes-models') + (group ? `/${group}` : '') + `/${version}`;

// Kustomize and Helm read these themselves; no cluster ever sees them.
const checked = documents.filter(({ group }) => group !== 'kustomize.config.k8s.io');

// One program for all documents: the compiler's start-up costs more than the checking.
let source = '';
const lines = [];
checked.forEach((item, index) => {
  lines.push({ line: source.split('\n').length, label: item.label });
  source += `import type { I${item.document.kind} as T${index} } from '${specifier(item)}';\n`
    + `export const d${index}: T${index} = ${JSON.stringify(item.document, null, 1)};\n`;
});
const file = path.join(here, `.strict-${process.pid}.mts`);
fs.writeFileSync(file, source);
try {
  const program = ts.createProgram([file], {
    noEmit: true, strict: true, skipLibCheck: true, types: [],
    module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2022,
  });
  for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
    const line = diagnostic.file ? ts.getLineAndCharacterOfPosition(diagnostic.file, diagnostic.start).line + 1 : 0;
    const label = lines.findLast(entry => entry.line <= line)?.label ?? '?';
    failures.push(`${label}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ').slice(0, 300)}`);
  }
} finally {
  fs.rmSync(file);
}

for (const item of checked.filter(item => !local(item))) {
  try {
    const module = await import(`${specifier(item)}/${item.document.kind}`);
    new module[item.document.kind](item.document).validate();
  } catch (error) {
    failures.push(`${item.label}: ${String(error.message).replace(/\s+/g, ' ').slice(0, 300)}`);
  }
}

failures.forEach(failure => console.error(failure));
const kinds = [...new Set(documents.map(({ document }) => `${document.apiVersion} ${document.kind}`))].sort();
console.log(JSON.stringify({ documents: documents.length, invalid: failures.length, kinds }));
process.exit(failures.length ? 1 : 0);
