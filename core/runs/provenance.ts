/** Where figures come from, in words short enough to stand below them. */

/** The first digits of a hash, less what it is called: `9e581cb137bf`. */
export function shortHash(hash: string): string {
  return hash.slice(hash.indexOf(":") + 1).slice(0, 12);
}

/** `5e222d7f64+`, where `+` says that sources were changed; `unknown` outside git. */
export function shortCommit(commit: string | null): string {
  return commit === null ? "unknown" : commit.replace(/^([0-9a-f]{10})[0-9a-f]*/, "$1");
}

/** `tensorflow 2.21.0, 2 threads`. */
export function describeEngine(
  { name, version, threads }: {
    readonly name: string;
    readonly version: string;
    readonly threads: number;
  },
): string {
  return `${name} ${version}, ${threads} thread${threads === 1 ? "" : "s"}`;
}
