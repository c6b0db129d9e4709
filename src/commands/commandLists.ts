/** The commands that make layers without a bundle, and their functions. */
const LAYERING = ['insert', 'raw add-layer', 'append', 'flatten', 'squash'] as const
const LAYERING_FUNCTIONS = ['insert', 'insertWhiteout', 'addLayer', 'append', 'flatten', 'squash'] as const

/** The commands that make layers, and their functions. */
export const ADDING_COMMANDS = ['repack', ...LAYERING] as const
export const ADDING_FUNCTIONS = ['repack', ...LAYERING_FUNCTIONS] as const

/** The commands that add a step to the history, and their functions. */
export const STEP_COMMANDS = ['config', ...ADDING_COMMANDS] as const
export const STEP_FUNCTIONS = ['editConfig', ...ADDING_FUNCTIONS] as const

/** The commands that can write a changed image to another place, and their functions. */
export const EDIT_COMMANDS = ['config', ...LAYERING, 'rebase'] as const
export const EDIT_FUNCTIONS = ['editConfig', ...LAYERING_FUNCTIONS, 'rebase'] as const

/** The commands that are about layers, and their functions. */
export const LAYER_COMMANDS = [...ADDING_COMMANDS, 'rebase', 'export'] as const
export const LAYER_FUNCTIONS = [...ADDING_FUNCTIONS, 'rebase', 'exportRootfs', 'validateMtree'] as const
