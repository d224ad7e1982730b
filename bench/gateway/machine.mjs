// What the operating system knows: time on the processor, memory, free ports.
import fs from 'node:fs';
import net from 'node:net';

const ticks = 100;

/** Seconds on the processor of a process and its threads. */
export function cpu(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

/** Seconds on the processor of the whole machine. */
export function busy() {
  const fields = fs.readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1).map(Number);
  return (fields.slice(0, 8).reduce((a, b) => a + b, 0) - fields[3] - fields[4]) / ticks;
}

/** Highest resident memory of a process in megabytes. */
export const memoryPeak = pid => Number(fs.readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmHWM:\s+(\d+)/)[1]) / 1024;

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => resolve(port)); });
  });
}

export const median = values => {
  const sorted = values.filter(value => value != null).sort((a, b) => a - b);
  return sorted.length ? sorted[Math.floor((sorted.length - 1) / 2)] : null;
};
