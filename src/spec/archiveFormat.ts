/** Forms of an archive. */
export const ARCHIVE_FORMATS = ['docker', 'docker-25', 'docker-legacy', 'oci'] as const

/** The form of an archive: as some version of Docker writes it, or an OCI layout only. */
export type ArchiveFormat = (typeof ARCHIVE_FORMATS)[number]
