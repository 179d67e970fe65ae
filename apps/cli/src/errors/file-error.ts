/** What the system says of a file that a command was to read or write. */
interface FileError extends NodeJS.ErrnoException {
  code: string;
  path: string;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of it is a file, and no folder',
  EISDIR: 'it is a folder',
  EEXIST: 'a file of that name is there',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
};

/** Whether this is a file's trouble, about which a person can do something, and no defect of Marteau. */
export function isFileError(error: unknown): error is FileError {
  const { code, path } = Object(error) as Partial<FileError>;
  return code !== undefined && path !== undefined && Object.hasOwn(reasons, code);
}

export function sayFileError({ code, path }: FileError): string {
  return `${path} cannot be read or written: ${reasons[code]}.`;
}
