import { defineConfig } from 'vitest/config'

const engines = 'test/engines/**'

/** What `npm run test:fast` leaves out: what takes seconds, or runs dist/, which it does not build. */
const slow = [
  // The whole program, over every kind of archive, or as it is packed and installed.
  'test/{abort,bundlers,crash,doors,package,random,readme,tour,truncation,truncation.eras,types,variants}.test.ts',
  'test/{commands/inspect/{doors,full},commands/layout/collectGarbage,image/openImage}.test.ts',
  'test/commands/convert/{archive,archive.*,artifacts,compressed,errors,folder}.test.ts',
  'test/commands/convert/{layers,lenient,oddities,partial,referrers,shared,slips,streams,together}.test.ts',
  'test/cli/{convert,inspect,layout,layoutShortage,main,shortage,stack,start,umoci}.test.ts',
  // Large contents.
  'test/archive/output/fileOutput.test.ts',
  'test/compression/{bzip2,gunzip,openEnded,unpackThread,xz,zstd,zstdFrames,zstdLibrary}.test.ts',
  'test/docker/read/v1Stored.test.ts',
  'test/docker/write/plainLayers.test.ts',
  'test/io/{blockWriter,doubleBuffer,fileWriter}.test.ts',
  'test/store/{skimPool,layout/stagedBlobs}.test.ts',
  'test/tar/{links,sparse}.test.ts',
  'test/threads/{blockPool,threads}.test.ts',
  // What the process did before matters: fast tests share theirs.
  'test/{bytes/smallContent,io/directFile,threads/pageMemory,rootfs/{layerWriter,writerThread},hostile/rootfs/*}.test.ts',
  'test/bundle/openBundle.test.ts',
  'test/commands/{append,editImage,exportRootfs,insert,rebase,repack,repack.property,squash,unpack}.test.ts',
  'test/rootfs/merged/*',
  // Many attempts, or other processes.
  'test/docker/goJSON.test.ts',
  'test/spec/json/{exact,tokens}.test.ts',
  'test/store/layout/{edited,lock,openStaging,staging}.test.ts',
  'test/hostile/{anotherBoot,blobLinkedOut,blobSize,digestWithPath,directoryOfAnother,formatCharacters,hugeJSON}.test.ts',
  'test/hostile/{linkAsDestination,linkNamedAsOurs,lockThatStays,longKey,longName,many*,odd*,shared*,sparseFile,specialFile}.test.ts',
  'test/hostile/{falseAttestation,repack*,unpack*,unreadableTable,warningFlood}.test.ts',
]

const unit = { include: ['test/**/*.test.ts'], testTimeout: 60_000 }

export default defineConfig({
  test: {
    coverage: { include: ['src/**'], exclude: ['src/generated/**'] },
    projects: [
      { test: { ...unit, name: 'unit', exclude: [engines] } },
      { test: { ...unit, name: 'fast', exclude: [engines, ...slow], isolate: false } },
      {
        test: {
          name: 'engines',
          include: ['test/engines/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
