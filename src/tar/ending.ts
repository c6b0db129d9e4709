/** The end of an archive. */
export interface Ending {
  /** True if the archive ended with its zero blocks. */
  marked: boolean
  /** True if anything but zeros follows the end. */
  followed: boolean
}
