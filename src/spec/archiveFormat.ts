/** How an archive is arranged. */
export const ARCHIVE_FORMATS = ['docker', 'docker-25', 'docker-legacy', 'oci'] as const

/** How an archive is arranged: as a Docker of some time writes it, or as an OCI layout and nothing else. */
export type ArchiveFormat = (typeof ARCHIVE_FORMATS)[number]
