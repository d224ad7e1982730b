#!/usr/bin/env node
// Serves the offline provider on a Unix socket and prints the record that OpenTofu and Terraform take in
// TF_REATTACH_PROVIDERS. Ends when standard input closes, so it never outlives the check that started it.
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import { offlineProvider } from './service.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [, , socket, trace] = process.argv;
if (!socket) {
  console.error('usage: server.mjs <socket path> [trace file]');
  process.exit(2);
}

const schema = JSON.parse(readFileSync(join(here, '..', 'schema', 'aws.json'), 'utf8'));
const definition = loader.loadSync(join(here, 'tfplugin5.proto'), { keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true });
const { tfplugin5 } = grpc.loadPackageDefinition(definition);
const server = new grpc.Server({ 'grpc.max_send_message_length': -1, 'grpc.max_receive_message_length': -1 });
server.addService(tfplugin5.Provider.service, offlineProvider(schema, { trace }));

server.bindAsync(`unix:${socket}`, grpc.ServerCredentials.createInsecure(), problem => {
  if (problem) {
    console.error(`The offline provider cannot listen on ${socket}: ${problem.message}`);
    process.exit(1);
  }
  const record = { Protocol: 'grpc', ProtocolVersion: 5, Pid: process.pid, Test: true, Addr: { Network: 'unix', String: socket } };
  const hosts = ['registry.terraform.io', 'registry.opentofu.org'];
  console.log(JSON.stringify(Object.fromEntries(hosts.map(host => [`${host}/hashicorp/aws`, record]))));
});

process.stdin.resume();
process.stdin.on('end', () => {
  rmSync(socket, { force: true });
  process.exit(0);
});
