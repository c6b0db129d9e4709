// Makes dist/index.d.ts of the declarations that TypeScript made of each module: only what is public, in one file.
import { copyFile, rm } from 'node:fs/promises'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'

const dist = new URL('../dist/', import.meta.url)
const modules = new URL('types/', dist)

// TypeScript makes them of the JavaScript, and knows less of it than who generated it.
await copyFile(
  new URL('../src/generated/validators.d.ts', import.meta.url),
  new URL('generated/validators.d.ts', modules),
)
const bundle = await rollup({
  input: new URL('index.d.ts', modules).pathname,
  plugins: [dts()],
  external: /^node:/,
  onwarn: ({ message }) => {
    throw new Error(message)
  },
})
await bundle.write({ file: new URL('index.d.ts', dist).pathname })
await bundle.close()
await rm(modules, { recursive: true })
