import { platformIn } from '../../layer/configPlatform.js'
import type { ImageConfig } from '../../spec/parse.js'
import { printPlatform } from '../../spec/platform.js'
import type { Described, DescribedHistory } from './described.js'

type OfConfig = Pick<Described, 'platform' | 'created' | 'author' | 'runs' | 'history'>

/** What a config says of its image, but for the layers. */
export function describeConfig(config: ImageConfig, layerCount: number): OfConfig {
  return {
    platform: printPlatform(platformIn(config)) ?? null,
    created: config.created ?? null,
    author: config.author || null,
    runs: runsOf(config),
    history: historyOf(config, layerCount),
  }
}

/** The fields of the container config that say something. */
function runsOf({ config }: ImageConfig): Record<string, unknown> | null {
  const said = Object.entries(config ?? {}).filter(([, value]) => !isNothing(value))
  return said.length === 0 ? null : Object.fromEntries(said)
}

function isNothing(value: unknown): boolean {
  if (value === null || value === '' || value === false) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

/** Each step with the layer that it made, as many as there are (OCI image-spec, config.md, history). */
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
