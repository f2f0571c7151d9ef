/** Nobody but the user may write the files of a run, whatever the process's umask allows. */
export const FILE_MODE = 0o644;

/** The same for folders. */
export const FOLDER_MODE = 0o755;
