/** A path as repositories name it: `/` between folders, no `./` in front. */
export function repositoryPath(file: string): string {
  return file.replaceAll("\\", "/").replace(/^(?:\.\/+)+/, "");
}
