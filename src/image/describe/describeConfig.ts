import { platformIn } from '../../layer/configPlatform.js'
import type { ImageConfig } from '../../spec/parse.js'
import { printPlatform } from '../../spec/platform.js'
import type { Described, DescribedHistory } from './described.js'

type OfConfig = Pick<Described, 'platform' | 'created' | 'author' | 'runs' | 'history'>

/** Returns everything that a config states about its image, except for the layers. */
export function describeConfig(config: ImageConfig, layerCount: number): OfConfig {
  return {
    platform: printPlatform(platformIn(config)) ?? null,
    created: config.created ?? null,
    author: config.author || null,
    runs: runsOf(config),
    history: historyOf(config, layerCount),
  }
}

/** Returns the fields of the container config that have a value. */
function runsOf({ config }: ImageConfig): Record<string, unknown> | null {
  const said = Object.entries(config ?? {}).filter(([, value]) => !isNothing(value))
  return said.length === 0 ? null : Object.fromEntries(said)
}

function isNothing(value: unknown): boolean {
  if (value === null || value === '' || value === false) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

/** Returns each step with the layer that it made; steps beyond the last layer have none (OCI image-spec, config.md, history). */
function historyOf({ history }: ImageConfig, layerCount: number): DescribedHistory[] {
  let next = 0
  return (history ?? []).map(({ created, created_by, comment, empty_layer }) => {
    const hasLayer = empty_layer !== true && next < layerCount
    return {
      created: created ?? null,
      createdBy: created_by || null,
      comment: comment || null,
      layer: hasLayer ? next++ : null,
    }
  })
}
