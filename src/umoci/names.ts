/** The name that the program goes by here, and that of the tool that it stands in for. */
export const EXECUTABLE = 'umoci'

/** The release of umoci whose flags, words and exit statuses these are. */
export const VERSION_OF_UMOCI = '0.6.0'

/** The command that prints help, for lists of commands. */
export const HELP_LINE = ['help, h', 'list the commands, or show the help of one'] as const
