// PostgreSQL with pgvector in WebAssembly behind a TCP port.
// usage: node server.mjs <data directory | memory://> <port, 0 for any>
//        node server.mjs prepare    once after the packages are there (npm does it): makes the cluster that others copy
// Says one line of JSON on stdout when it accepts connections. Ends on SIGTERM and when its standard input ends,
// which it does when the process that started it is gone. Ctrl+C is for that process to handle, so it is ignored here.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

// By default functions that run for a moment are optimized while PostgreSQL starts, which takes as much processor time as the
// start itself and 30 MB. What a database under load runs reaches this budget within seconds.
setFlagsFromString('--wasm-tiering-budget=100000000')

const [dataDirectory, port] = process.argv.slice(2)
const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const template = here('node_modules/.cluster')

// The default of 128 MB would be most of the memory that this process takes.
const open = (dataDir) => PGlite.create({ dataDir, extensions: { vector }, postgresqlconf: ['shared_buffers = 16MB'] })

// Another process makes the first cluster: initdb leaves hundreds of megabytes behind in the one that ran it.
// It is made once and copied from then on, each time complete or not at all.
function createCluster(directory) {
  if (existsSync(join(directory, 'PG_VERSION'))) return
  if (existsSync(directory) && readdirSync(directory).length > 0) throw new Error('the folder is not empty and is no database cluster')
  const fresh = `${directory}.${process.pid}.new`
  if (directory === template) {
    const { status, stderr } = spawnSync(process.execPath, [here('server.mjs'), fresh, 'init'], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`a cluster could not be created: ${stderr}`)
  } else {
    createCluster(template)
    // Its files have the template's modes: nobody else may enter the folder.
    mkdirSync(fresh, { recursive: true, mode: 0o700 })
    cpSync(template, fresh, { recursive: true })
    chmodSync(fresh, 0o700)
  }
  try {
    renameSync(fresh, directory)
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    if (!existsSync(join(directory, 'PG_VERSION'))) throw error
  }
}

if (port === 'init') {
  const db = await open(dataDirectory)
  await db.exec('CREATE EXTENSION IF NOT EXISTS vector')
  await db.close()
  process.exit(0)
}

if (dataDirectory === 'prepare') {
  createCluster(template)
  // Tells the AppHost that the packages are those of the lock file. Written last: a restore that was cut short is done again.
  writeFileSync(here('node_modules/.restored'), createHash('sha256').update(readFileSync(here('package-lock.json'))).digest('hex').toUpperCase())
  process.exit(0)
}

process.on('SIGINT', () => {})

let db
try {
  if (dataDirectory !== 'memory://') createCluster(dataDirectory)
  db = await open(dataDirectory)
} catch (error) {
  console.error(`PGlite could not open ${dataDirectory}: ${error.message}`)
  process.exit(3)
}

// The socket server shares one backend between its clients message by message. Parse, Bind and Execute of one client
// belong together, so a client keeps the backend from its first message until its Sync, as if it were in a transaction.
const withinBatch = new Set(['P', 'B', 'D', 'E', 'C', 'H', 'd'].map((type) => type.charCodeAt(0)))
let inBatch = false
const shared = {
  waitReady: db.waitReady,
  isInTransaction: () => inBatch || db.isInTransaction(),
  runExclusive: (action) => db.runExclusive(action),
  async execProtocolRawStream(message, options) {
    try {
      await db.execProtocolRawStream(message, options)
      inBatch = withinBatch.has(message[0])
    } catch (error) {
      // The backend is lost, and the socket server would wait for it for ever.
      console.error(`PGlite failed: ${error.message}`)
      process.exit(1)
    }
  },
  async exec(sql) {
    if (inBatch) {
      inBatch = false
      await db.runExclusive(() => db.execProtocolRawStream(new Uint8Array([0x53, 0, 0, 0, 4]), { onRawData() {} }))
    }
    if (db.isInTransaction()) await db.exec(sql)
  },
}

const server = new PGLiteSocketServer({ db: shared, host: '127.0.0.1', port: Number(port), maxConnections: 200 })

// The socket server leaves a cancel request without an answer, and its sender waits for one until it times out. PostgreSQL
// closes that connection, whether it could cancel anything or not: here the statement runs to its end.
const cancelRequest = Buffer.from([0, 0, 0, 16, 0x04, 0xd2, 0x16, 0x2e])
const handle = server.handleConnection.bind(server)
server.handleConnection = (socket) => {
  socket.once('data', (data) => data.subarray(0, 8).equals(cancelRequest) && socket.end())
  return handle(socket)
}
server.addEventListener('listening', async (event) => {
  const version = (await db.query('SHOW server_version')).rows[0].server_version
  console.log(JSON.stringify({ port: event.detail.port, version }))
})

let stopping
function stop() {
  stopping ??= server
    .stop()
    .then(() => db.close())
    .then(() => process.exit(0))
}
process.on('SIGTERM', stop)
process.stdin.on('end', stop).on('error', stop).resume()

try {
  await server.start()
} catch (error) {
  console.error(`PGlite could not listen on port ${port}: ${error.message}`)
  process.exit(4)
}
