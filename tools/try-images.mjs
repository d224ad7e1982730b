// Builds the image of a service as CI does (dotnet publish -t:PublishContainer, both architectures) where no base image can be
// pulled: a registry on the loopback hands out an empty base with the settings of aspnet's chiseled one and takes the result.
//   node tools/try-images.mjs Nura.Api [-p:Name=value ...]      last line: JSON of what the pushed image says of itself
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import http from 'node:http';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [project = 'Nura.Api', ...properties] = process.argv.slice(2);
const blobs = new Map();
const manifests = new Map();
const digestOf = bytes => 'sha256:' + createHash('sha256').update(bytes).digest('hex');
const keep = (map, bytes, type) => {
  const digest = digestOf(bytes);
  map.set(digest, { bytes, type });
  return { mediaType: type, digest, size: bytes.length };
};
const json = value => Buffer.from(JSON.stringify(value));

// Two blocks of zeros are an empty tar archive.
const tar = Buffer.alloc(1024);
const layer = keep(blobs, gzipSync(tar), 'application/vnd.oci.image.layer.v1.tar+gzip');
const bases = ['amd64', 'arm64'].map(architecture => {
  const config = keep(blobs, json({
    architecture, os: 'linux', rootfs: { type: 'layers', diff_ids: [digestOf(tar)] }, history: [{ created_by: 'empty' }],
    config: { User: '1654', Env: ['PATH=/usr/bin', 'APP_UID=1654', 'ASPNETCORE_HTTP_PORTS=8080', 'DOTNET_RUNNING_IN_CONTAINER=true'] },
  }), 'application/vnd.oci.image.config.v1+json');
  const manifest = json({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', config, layers: [layer] });
  return { ...keep(manifests, manifest, 'application/vnd.oci.image.manifest.v1+json'), platform: { architecture, os: 'linux' } };
});
const index = json({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: bases });
manifests.set('base', { bytes: index, type: 'application/vnd.oci.image.index.v1+json' });

// The part of the OCI distribution specification that pull and push need.
const server = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const url = new URL(request.url, 'http://localhost');
  const [, kind, reference] = /\/(manifests|blobs)\/(?:uploads\/)?([^/]*)$/.exec(url.pathname) ?? [];
  const answer = (status, headers = {}, bytes = '') => { response.writeHead(status, headers); response.end(request.method === 'HEAD' ? '' : bytes); };
  if (url.pathname === '/v2/') return answer(200);
  if (request.method === 'POST' && kind === 'blobs') return answer(202, { Location: `${url.pathname}u${blobs.size}-${Math.random().toString(36).slice(2)}`, Range: '0-0' });
  if (request.method === 'PATCH') {
    const before = blobs.get(url.pathname)?.bytes ?? Buffer.alloc(0);
    blobs.set(url.pathname, { bytes: Buffer.concat([before, body]) });
    return answer(202, { Location: url.pathname, Range: `0-${before.length + body.length - 1}` });
  }
  if (request.method === 'PUT' && kind === 'blobs') {
    const bytes = Buffer.concat([blobs.get(url.pathname)?.bytes ?? Buffer.alloc(0), body]);
    const digest = url.searchParams.get('digest');
    blobs.delete(url.pathname);
    if (digestOf(bytes) !== digest) return answer(400, {}, `{"errors":[{"code":"DIGEST_INVALID"}]}`);
    blobs.set(digest, { bytes, type: 'application/octet-stream' });
    return answer(201, { Location: `/v2/x/blobs/${digest}`, 'Docker-Content-Digest': digest });
  }
  if (request.method === 'PUT') {
    const entry = { bytes: body, type: request.headers['content-type'] };
    manifests.set(reference, entry);
    manifests.set(digestOf(body), entry);
    return answer(201, { Location: url.pathname, 'Docker-Content-Digest': digestOf(body) });
  }
  const found = (kind === 'manifests' ? manifests : blobs).get(reference);
  return found
    ? answer(200, { 'Content-Type': found.type, 'Content-Length': found.bytes.length, 'Docker-Content-Digest': digestOf(found.bytes) }, found.bytes)
    : answer(404, { 'Content-Type': 'application/json' }, '{"errors":[{"code":"NAME_UNKNOWN"}]}');
});
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
const registry = `localhost:${server.address().port}`;

const run = args => new Promise(resolve => {
  const child = spawn('dotnet', args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', data => { output += data; });
  child.on('close', code => resolve({ code, output }));
});

// What would be pulled where the world can be reached.
const asked = await run(['build', project, '-t:ComputeContainerBaseImage', '-getProperty:ContainerBaseImage', '-p:RuntimeIdentifier=linux-x64', '-p:Configuration=Release']);
// For one platform if -p:RuntimeIdentifier names it. Quotes inside the argument: MSBuild would split the list otherwise.
const several = properties.some(property => property.startsWith('-p:RuntimeIdentifier=')) ? [] : ['-p:RuntimeIdentifiers="linux-x64;linux-arm64"', '-p:ContainerRuntimeIdentifiers="linux-x64;linux-arm64"'];
const { code, output } = await run(['publish', project, '--configuration', 'Release', '-t:PublishContainer', `-p:ContainerRegistry=${registry}`, `-p:ContainerBaseImage=${registry}/base:base`,
  '-p:ContainerImageTag=tried', ...several, ...properties, '-v', 'quiet']);
server.close();
server.closeAllConnections();
if (code !== 0) {
  console.error(output.split('\n').filter(line => line.includes('error')).slice(0, 5).join('\n'));
  process.exit(1);
}

const read = (map, reference) => JSON.parse(map.get(reference).bytes);
// The index of several images, or the one image itself.
const images = (read(manifests, 'tried').manifests ?? [{ digest: digestOf(manifests.get('tried').bytes) }]).map(entry => {
  const manifest = read(manifests, entry.digest);
  const { config, os, architecture } = read(blobs, manifest.config.digest);
  return {
    platform: `${os}/${architecture}`, digest: entry.digest, user: config.User, ports: Object.keys(config.ExposedPorts ?? {}),
    entrypoint: [...config.Entrypoint ?? [], ...config.Cmd ?? []], layers: manifest.layers.length, bytes: manifest.layers.reduce((sum, entry) => sum + entry.size, 0),
  };
});
console.log(JSON.stringify({ project, base: asked.output.trim(), images }));
