import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import { test } from 'node:test';
import { findCanary } from '../gates/canary.mjs';

const canary = 'NuraCanary0123456789abcdef';

/** A zip archive with one compressed file. */
function zip(text) {
  const name = Buffer.from('tfplan');
  const data = deflateRawSync(Buffer.from(text));
  const local = Buffer.alloc(30);
  local.write('PK\x03\x04', 0, 'latin1');
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.write('PK\x01\x02', 0, 'latin1');
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(data.length, 20);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(30 + name.length + data.length, 16);
  return Buffer.concat([local, name, data, central, name, end]);
}

test('a secret is found as text, in base64 at any offset, and inside a saved plan', () => {
  assert.deepEqual(findCanary(canary, { log: `password = ${canary}` }), ['log']);
  for (const prefix of ['', 'a', 'ab', 'abc']) assert.deepEqual(findCanary(canary, { state: Buffer.from(prefix + canary + '!').toString('base64') }), ['state']);
  assert.deepEqual(findCanary(canary, { plan: zip(`{"password":"${canary}"}`) }), ['plan']);
});

test('nothing is found where nothing is', () => assert.deepEqual(findCanary(canary, { log: 'password = (write-only)', plan: zip('{}') }), []));
