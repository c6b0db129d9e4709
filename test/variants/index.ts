import { COMPRESSIONS } from './compression.js'
import { JSON_FORMS } from './json.js'
import { LINKS } from './links.js'
import { NAMES } from './names.js'
import { OCI } from './oci.js'
import { TABLES } from './tables.js'
import { TAR_FORMS } from './tarForms.js'
import type { Variant } from './variant.js'

/** All variants, by name. */
export const VARIANTS: readonly Variant[] = [
  ...TABLES,
  ...NAMES,
  ...JSON_FORMS,
  ...LINKS,
  ...TAR_FORMS,
  ...COMPRESSIONS,
  ...OCI,
].sort((a, b) => (a.name < b.name ? -1 : 1))
