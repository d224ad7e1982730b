// Runs OpenTofu, or Terraform where it is missing, against the offline provider in a private copy of the tree.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** The tofu/ folder. */
export const root = join(here, '..', '..');

/** `tofu` or `terraform`, or null when neither is installed. */
export function findTool() {
  return ['tofu', 'terraform'].find(name => spawnSync(name, ['version'], { stdio: 'ignore' }).status === 0) ?? null;
}

/** Folders under tofu/ that hold code: `modules/<name>`, `environments/<env>/<region>`, `bootstrap`. */
export function codeFolders() {
  const below = folder => readdirSync(join(root, folder), { withFileTypes: true }).filter(e => e.isDirectory()).map(e => `${folder}/${e.name}`).sort();
  return {
    modules: below('modules'),
    roots: ['bootstrap', ...below('environments').flatMap(below)].filter(folder => existsSync(join(root, folder, 'main.tf'))),
  };
}

const temporary = new Set();
process.on('exit', () => temporary.forEach(folder => rmSync(folder, { recursive: true, force: true })));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

/** A temporary folder that is gone when this process ends, however it ends short of being killed outright. */
function temporaryFolder(prefix) {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  temporary.add(folder);
  return folder;
}

/** A private copy of the code, with state kept on disk instead of in S3. Removed by `dispose`. */
export function copyTree() {
  const tree = temporaryFolder('nura-tofu-');
  for (const part of ['modules', 'environments', 'bootstrap']) {
    if (existsSync(join(root, part))) cpSync(join(root, part), join(tree, part), { recursive: true, filter: path => !path.includes('.terraform') && !path.endsWith('.tofu') });
  }
  for (const folder of codeFolders().roots) {
    writeFileSync(join(tree, folder, 'offline_override.tf'), 'terraform {\n  backend "local" {}\n}\n');
  }
  return { tree, dispose: () => rmSync(tree, { recursive: true, force: true }) };
}

/** One provider process and the tool that talks to it. Runs one command at a time. */
export class OfflineTool {
  #server;
  #environment;
  #initialized = new Map();

  constructor(tool, { canary, trace } = {}) {
    this.tool = tool;
    this.trace = trace;
    this.canary = canary;
  }

  async start() {
    const folder = temporaryFolder('nura-provider-');
    this.folder = folder;
    const config = join(folder, 'cli.tfrc');
    writeFileSync(config, 'disable_checkpoint = true\n');
    const cache = join(folder, 'data');
    mkdirSync(cache);
    this.#server = spawn(process.execPath, [join(here, '..', 'provider', 'server.mjs'), join(folder, 'provider.sock'), ...(this.trace ? [this.trace] : [])], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...(this.canary && { NURA_CANARY: this.canary }) },
    });
    const [record] = await new Promise((resolve, reject) => {
      createInterface({ input: this.#server.stdout }).once('line', line => resolve([line]));
      this.#server.once('exit', code => reject(new Error(`The offline provider ended with code ${code} before it was ready.`)));
    });
    this.#environment = {
      ...process.env,
      TF_REATTACH_PROVIDERS: record,
      TF_CLI_CONFIG_FILE: config,
      TF_IN_AUTOMATION: '1',
      TF_INPUT: '0',
      CHECKPOINT_DISABLE: '1',
    };
    return this;
  }

  /** Runs one command; resolves to `{ code, out, err, log }` and never throws for a non-zero code. */
  run(cwd, ...args) {
    return new Promise((resolve, reject) => {
      const child = spawn(this.tool, args, { cwd, env: this.#environment, stdio: ['ignore', 'pipe', 'pipe'] });
      let out = '';
      let err = '';
      child.stdout.on('data', chunk => { out += chunk; });
      child.stderr.on('data', chunk => { err += chunk; });
      child.once('error', reject);
      child.once('close', code => resolve({ code, out, err, log: `${out}${err}` }));
    });
  }

  /** As `run`, but anything except the codes given is an error that carries the tool's own words. */
  async must(cwd, args, codes = [0]) {
    const result = await this.run(cwd, ...args);
    if (!codes.includes(result.code)) throw new Error(`${this.tool} ${args.join(' ')} in ${cwd} ended with ${result.code}:\n${result.log}`);
    return result;
  }

  /** Once for each folder: nothing that is changed here adds a module or a provider. */
  async init(cwd) {
    if (!this.#initialized.has(cwd)) this.#initialized.set(cwd, await this.must(cwd, ['init', '-input=false', '-no-color']));
    return this.#initialized.get(cwd);
  }

  async stop() {
    if (!this.#server) return;
    const ended = new Promise(resolve => this.#server.once('close', resolve));
    this.#server.stdin.end();
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
