import { Access } from './access.js'
import type { Calls, Found } from './calls.js'
import { type DescribedObject, RootChanges } from './changes.js'
import { describedTree } from './describe.js'
import { Directories } from './directories.js'
import type { MtreeStep } from './mtree.js'
import { Oddities } from './oddities.js'
import { Packer, type Planned } from './packer.js'
import { type Insertion, insertionPlan, plannedChange } from './packPlan.js'
import type { LayerEnd, PackData, PackedChanges, PackJob } from './packThread.js'
import { readRecords } from './readRecords.js'
import type { Tree } from './scan.js'
import { Validator } from './validation.js'

type Job<Kind extends PackJob['kind']> = Extract<PackJob, { kind: Kind }>

const NONE = { added: 0, changed: 0, removed: 0, bytes: 0, counts: [], differences: [] }

/** The work of one thread: looks at a tree, and packs what there is to pack. */
export class PackWork {
  readonly #data: PackData
  readonly #tree: Tree
  readonly #rootFile: number
  readonly #oddities = new Oddities()
  readonly #described: DescribedObject[] = []
  readonly #packed = new Map<string, { found: Found; sha256: string | undefined }>()
  #plan: Planned[] = []
  #layer: Generator<Uint8Array> | undefined
  /** What did not fit into the last block. */
  #rest: Uint8Array = new Uint8Array(0)

  constructor(data: PackData, calls: Calls) {
    this.#data = data
    this.#rootFile = calls.openRoot(data.root)
    const directories = new Directories(calls, this.#rootFile)
    this.#tree = { calls, directories, access: new Access(calls, directories) }
  }

  /** Looks at everything; yields often, for others to have their turn. Returns what there is to do. @throws ImageError */
  *look(): Generator<void, PackedChanges> {
    const { job } = this.#data
    if (job.kind === 'changes') return yield* this.#lookForChanges(job)
    return job.kind === 'validation' ? yield* this.#validate(job) : yield* this.#planInsertion(job)
  }

  /** Fills a block with the next bytes of the layer. Returns their number, and at its end what it was. */
  fill(block: Uint8Array): { length: number; end: LayerEnd | undefined } {
    this.#layer ??= new Packer(this.#tree, {
      owners: this.#data.owners,
      oddities: this.#oddities,
      latest: this.#data.latest,
      packed: this.#describes ? this.#packed : undefined,
    }).pack(this.#plan)
    let length = this.#take(block, 0)
    while (length < block.length) {
      const next = this.#layer.next()
      if (next.done === true) break
      this.#rest = next.value
      length += this.#take(block, length)
    }
    return { length, end: length < block.length ? { counts: this.#oddities.list() } : undefined }
  }

  /** Yields what the tree is now, as it was packed, for an mtree file. */
  describe(): Iterable<MtreeStep> {
    return describedTree(this.#described, this.#packed, this.#tree)
  }

  /** Ends the work, wherever it is: takes back what it changed on the disk. */
  close(): void {
    this.#layer?.return(undefined)
    this.#tree.access.restore()
    this.#tree.directories.closeAll()
    this.#tree.calls.close(this.#rootFile)
  }

  get #describes(): boolean {
    const { job } = this.#data
    return job.kind === 'changes' && job.describes
  }

  *#lookForChanges({ mtree, where, masked, rehash }: Job<'changes'>): Generator<void, PackedChanges> {
    const { records, at } = readRecords(mtree, where)
    this.#confine()
    const changes = new RootChanges(this.#tree, {
      records,
      recordedAt: at,
      rehash,
      masked,
      oddities: this.#oddities,
      described: this.#describes ? this.#described : undefined,
    })
    yield* changes.find()
    const all = changes.list()
    this.#plan = all.map(plannedChange)
    const count = (kind: string) => all.filter((change) => change.kind === kind).length
    const sizes = all.map((change) => (change.kind === 'removed' ? 0 : sizeOf(change.seen.found)))
    return {
      ...NONE,
      added: count('added'),
      changed: count('changed'),
      removed: count('removed'),
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      counts: this.#oddities.list(),
    }
  }

  *#planInsertion(job: Insertion): Generator<void, PackedChanges> {
    this.#confine()
    for (const planned of insertionPlan(this.#tree, job)) {
      this.#plan.push(planned)
      yield
    }
    return { ...NONE, added: this.#plan.length }
  }

  *#validate(job: Job<'validation'>): Generator<void, PackedChanges> {
    const { records } = readRecords(job.mtree, job.where)
    this.#confine()
    const validator = new Validator(this.#tree, records, job)
    yield* validator.find()
    return { ...NONE, differences: validator.list() }
  }

  /** Makes the root one of this thread alone, for root: a second wall. */
  #confine(): void {
    if (process.geteuid?.() === 0) this.#tree.calls.confineTo(this.#rootFile)
  }

  /** Moves what is left over into a block; returns the number of bytes. */
  #take(block: Uint8Array, at: number): number {
    const length = Math.min(this.#rest.length, block.length - at)
    block.set(this.#rest.subarray(0, length), at)
    this.#rest = this.#rest.subarray(length)
    return length
  }
}

function sizeOf({ kind, size }: Found): number {
  return kind === 'file' ? size : 0
}
